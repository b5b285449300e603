/** One line of the report: what was measured, the figures, what was aimed at. */
export interface Finding {
  readonly what: string;
  readonly figures: string;
  readonly aim: string;
}

export function toMarkdown(title: string, findings: readonly Finding[]): string {
  const rows = findings.map(({ what, figures, aim }) => `| ${what} | ${figures} | ${aim} |`);
  return [`## ${title}`, '', '| measured | figures | aim |', '|---|---|---|', ...rows, ''].join('\n');
}
