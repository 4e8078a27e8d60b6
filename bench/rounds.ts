/**
 * Measures every subject once per round, and starts each round with another one, so that neither drift of the
 * machine nor the place in the round favours a subject.
 *
 * @returns the measurements of each subject, in the order of rounds
 */
export async function interleave<Name extends string, M>(
  rounds: number,
  subjects: readonly Name[],
  measure: (subject: Name, round: number) => Promise<M>,
): Promise<Record<Name, M[]>> {
  const measured = Object.fromEntries(subjects.map((subject) => [subject, []])) as unknown as Record<Name, M[]>;
  for (let round = 0; round < rounds; round += 1) {
    const first = round % subjects.length;
    for (const subject of [...subjects.slice(first), ...subjects.slice(0, first)]) {
      measured[subject].push(await measure(subject, round));
    }
  }
  return measured;
}

/** Makes something for each subject, one after the other: servers that start together would starve each other. */
export async function inTurn<Name extends string, T>(
  subjects: readonly Name[],
  make: (subject: Name) => Promise<T>,
): Promise<Record<Name, T>> {
  const made: Partial<Record<Name, T>> = {};
  for (const subject of subjects) {
    made[subject] = await make(subject);
  }
  return made as Record<Name, T>;
}
