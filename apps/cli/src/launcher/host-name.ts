/** The machine's name as the name of a host: other characters become `-`, at most 63 of them. */
export function toHostName(machine: string): string {
  const name = machine
    .replace(/[^A-Za-z0-9_.-]+/g, '-')
    .slice(0, 63)
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '');
  return name === '' ? 'local' : name;
}
