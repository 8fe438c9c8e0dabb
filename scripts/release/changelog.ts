/**
 * Takes out of a changelog what it says of a version, without its heading.
 * @throws Error when it says nothing of it, or has not dated it
 */
export function notesFor(version: string, changelog: string): string {
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((text) => text.startsWith(`[${version}]`));
  if (section === undefined) throw new Error(`CHANGELOG.md has no section "## [${version}] - <date>".`);
  const [heading = '', ...lines] = section.split('\n');
  if (!/^\[[^\]]+\] - \d{4}-\d\d-\d\d$/.test(heading.trim())) {
    throw new Error(
      `CHANGELOG.md has no date behind [${version}]: it should be "## [${version}] - 2026-01-31".`,
    );
  }
  const notes = lines.filter((line) => !/^\[[^\]]+\]: /.test(line)).join('\n');
  if (notes.trim() === '') throw new Error(`CHANGELOG.md says nothing of [${version}].`);
  return `${notes.trim()}\n`;
}
