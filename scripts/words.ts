/** Words that this project avoids, and what to write instead. */
const AVOIDED: [pattern: RegExp, say: string][] = [
  [
    /\b(?:whoever|whatever|nobody|anybody|somebody)\b/i,
    'name the subject: "anyone who", "the runner", "no one"',
  ],
  [/\bways? in\b(?! which| the| a| an\b)/i, 'authentication methods'],
  [/\bfor one\b(?=[,.;:)]|$)/i, 'for example'],
  [/(?<!n't |not )\b(?:has|have|had) to\b/i, 'must'],
  [/\b(?:take|takes|taken|taking|took) (?:it |them |this )?back\b/i, 'unregister, undo'],
  [/\bends? well\b/i, 'exits 0'],
  [/\b(?:this|the) machine\b/i, 'the runner'],
  [/(?<!\bthere )\bis no (?!longer\b|more\b)/i, "isn't a"],
  [/\balso (?:when|if|where)\b/i, 'even if'],
  [/\bstands\b(?! for\b)|\blies\b/i, 'is, exists, remains'],
  [/(?:^|[.:;!?] )Where [^.!?]*,/, 'If, When'],
  [/\btells?\b(?! you\b)|\btold\b/i, 'reports, logs, prints'],
  [/\bregistered by\b/i, 'registered with'],
  [/\bmistakes? of its own\b/i, 'bug'],
  [/\b(?:each|every|second|another|next|one more) try\b|\b(?:try|tries|tried) again\b/i, 'attempt, retry'],
  [/\b(?:an?|the|its|no|this|usable|such) answers?\b/i, 'response'],
  [/\bissuer (?:of|for) (?:a |the )?certificates?\b|\bcertificate issuer\b/i, 'CA'],
  [/\bnot only\b/i, 'say it in the order subject, verb, object'],
  [/\b(?:set|sets) (?:it |this |them )?off\b|\bset this \w+ off\b/i, 'triggers'],
  [/\ball the same\b|\bthe same holds\b/i, 'still'],
  [/\bstor(?:y|ies)\b|\bchapters?\b/i, 'layers, entry points, the core'],
  [/\bthe time of the step\b/i, 'timed out after'],
  [/\b[Ww]orkload identity\b(?! federation\b| JSON\b)/, 'workload identity federation (WIF)'],
  [/[:;] (?:[^.!?:;]|[.!?](?! ))*[:;] /, 'one colon or semicolon a sentence'],
];

export interface AvoidedWord {
  found: string;
  context: string;
  say: string;
}

export function findWords(paragraph: string): AvoidedWord[] {
  return AVOIDED.flatMap(([pattern, say]) => {
    const match = pattern.exec(paragraph);
    if (!match) return [];
    const context = paragraph.slice(Math.max(0, match.index - 40), match.index + match[0].length + 40);
    return [{ found: match[0].trim(), context, say }];
  });
}

/** Counts the words of a sentence, on average over all paragraphs. */
export function averageWords(paragraphs: string[]): number {
  const sentences = paragraphs
    .flatMap((paragraph) => paragraph.split(/[.!?]["*)]*(?=\s|$)/))
    .map((sentence) => sentence.split(/\s+/).filter((word) => /\w/.test(word)).length)
    .filter((words) => words > 0);
  return sentences.reduce((sum, words) => sum + words, 0) / Math.max(1, sentences.length);
}
