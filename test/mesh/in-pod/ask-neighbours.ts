/** Runs in a pod: speaks to the Dapr sidecars of services as a sidecar would, and prints each one's gRPC status. */
import { connect } from 'node:http2';

const limitMs = 10_000;
const { services } = JSON.parse(process.argv[2]!) as { services: string[] };
const rows = await Promise.all(services.map(async (service) => [service, await statusOf(service)] as const));
console.log(JSON.stringify(Object.fromEntries(rows)));
process.exit();

/** `7` is the mesh's refusal, anything else the sidecar's own word; a text is the reason why there is none. */
function statusOf(service: string): Promise<string> {
  return new Promise((resolve) => {
    const session = connect(`http://${service}.shop.svc.cluster.local:50002`);
    session.on('error', (error) => resolve(error.message));
    session.setTimeout(limitMs, () => resolve('no answer'));
    const stream = session.request({
      ':method': 'POST',
      ':path': '/dapr.proto.internals.v1.ServiceInvocation/CallLocal',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.on('error', (error) => resolve(error.message));
    // A refusal is headers alone; else the status comes after the answer.
    for (const part of ['response', 'trailers'] as const)
      stream.on(part, (headers) => {
        const status = headers['grpc-status'];
        if (status !== undefined) resolve(`${status} ${headers['grpc-message'] ?? ''}`.trim());
      });
    stream.resume();
    // One message of length nothing.
    stream.end(Buffer.alloc(5));
  });
}
