/**
 * Everything that ends up in a bundle, loaded at once: ncc writes down the licences of what an entry loads at its
 * start, and of little else.
 */
import '../src/main.ts';
import '../src/post.ts';
import '../src/terminal/command.ts';
import '../src/credentials/yaml.ts';
import '../src/unregister.ts';
import '../src/cnspec/compare.ts';
import '../src/cnspec/install.ts';
