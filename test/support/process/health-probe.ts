/** How an instance says it is: the HTTP status of one of its probes. @throws when it does not answer at all */
export async function probe(url: string, kind: 'live' | 'ready'): Promise<number> {
  const response = await fetch(`${url}/health/${kind}`);
  await response.arrayBuffer();
  return response.status;
}
