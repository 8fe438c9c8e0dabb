/** Loads all bundled packages: ncc writes the licences only of packages that an entry loads at its start. */
import '../src/main.ts';
import '../src/post.ts';
import '../src/terminal/command.ts';
import '../src/credentials/yaml.ts';
import '../src/unregister.ts';
import '../src/cnspec/compare.ts';
import '../src/cnspec/install.ts';
