import { readPages, sectionsOf } from './markdown.ts';

/** A workflow that users copy from the documentation. */
export interface DocumentedWorkflow {
  /** Page and section: `docs/recipes.md#matrix`. */
  source: string;
  text: string;
}

/** Finds each complete workflow in the documentation. A partial one has no `jobs:`. */
export function documentedWorkflows(): DocumentedWorkflow[] {
  return readPages().flatMap((page) =>
    sectionsOf(page).flatMap(({ anchor, blocks }) =>
      blocks
        .filter(({ info, text }) => info === 'yaml' && /^jobs:$/m.test(text))
        .map(({ text }) => ({ source: `${page.path}#${anchor}`, text })),
    ),
  );
}
