import { expect, test } from 'vitest';
import { LineSplitter } from '../../simulator/line-splitter.ts';

function split(...chunks: (string | Buffer)[]): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.push(Buffer.from(chunk));
  splitter.end();
  return lines;
}

test.each([
  ['nothing', [], []],
  ['LF, CRLF and a lone CR', ['a\nb\r\nc\rd\n'], ['a', 'b', 'c', 'd']],
  ['a last line without an end', ['a\nb'], ['a', 'b']],
  ['a CR at the very end', ['a\r'], ['a']],
  ['empty lines', ['\n\r\r\n\n'], ['', '', '', '']],
  ['a line in pieces', ['a', 'b', 'c\n'], ['abc']],
  ['CRLF in two pieces', ['a\r', '\nb\n'], ['a', 'b']],
  ['a CR before the next piece', ['a\r', 'b\n'], ['a', 'b']],
  ['a character in two pieces', [Buffer.from([0xe2, 0x86]), Buffer.from([0x92, 0x0a])], ['→']],
])('%s', (_, chunks, lines) => {
  expect(split(...chunks)).toEqual(lines);
});
