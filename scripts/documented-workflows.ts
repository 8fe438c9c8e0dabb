import { readPages, sectionsOf } from './markdown.ts';

/** A workflow that a page of the documentation offers to be copied. */
export interface DocumentedWorkflow {
  /** Page and section: `docs/recipes.md#matrix`. */
  source: string;
  text: string;
}

/** Finds every whole workflow in the documentation; a part of one has no `jobs:`. */
export function documentedWorkflows(): DocumentedWorkflow[] {
  return readPages().flatMap((page) =>
    sectionsOf(page).flatMap(({ anchor, blocks }) =>
      blocks
        .filter(({ info, text }) => info === 'yaml' && /^jobs:$/m.test(text))
        .map(({ text }) => ({ source: `${page.path}#${anchor}`, text })),
    ),
  );
}
