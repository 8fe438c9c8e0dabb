// JavaScript, because a Node that is too old cannot even read the TypeScript beside it.
if (Number.parseInt(process.versions.node, 10) < 24) {
  console.error(
    `This needs Node 24 or later, and this is Node ${process.versions.node}. On Linux and on Windows x64 "npm ci" ` +
      'brings it along for npm\'s own scripts ("npm start"); elsewhere install it from https://nodejs.org.',
  );
  process.exit(1);
}
