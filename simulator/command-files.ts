/** Parses GITHUB_OUTPUT, GITHUB_ENV or GITHUB_STATE. Throws on content that fails a step on the runner. */
export function parseCommandFile(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  const lines = text.split(process.platform === 'win32' ? /\r?\n/ : '\n');
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    if (line === '') continue;
    const [, name, sign, rest] = /^(.*?)(=|<<)(.*)$/s.exec(line) ?? [];
    if (!name || rest === undefined) throw new Error(`Invalid format '${line}'`);
    if (sign === '=') {
      values[name] = rest;
      continue;
    }
    if (rest === '') throw new Error(`Invalid format '${line}': the delimiter must not be empty`);
    const end = lines.indexOf(rest);
    if (end < 0) throw new Error(`Invalid value: matching delimiter not found '${rest}'`);
    values[name] = lines
      .splice(0, end + 1)
      .slice(0, -1)
      .join('\n');
  }
  return values;
}
