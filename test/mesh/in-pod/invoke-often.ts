/** Runs in a pod: invokes a service through the pod's own Dapr sidecar many times, eight at once, and prints the statuses. */
const { path, times, token } = JSON.parse(process.argv[2]!) as { path: string; times: number; token: string };
const statuses: Record<string, number> = {};
let left = times;

await Promise.all(
  Array.from({ length: 8 }, async () => {
    while (left > 0) {
      left -= 1;
      const status = await invoke();
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  }),
);
console.log(JSON.stringify(statuses));

async function invoke(): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:3500/v1.0/invoke/${path}`, {
    method: 'POST',
    headers: { 'dapr-api-token': token, 'content-type': 'application/json' },
    body: '{}',
    signal: AbortSignal.timeout(10_000),
  });
  await answer.arrayBuffer();
  return answer.status;
}
