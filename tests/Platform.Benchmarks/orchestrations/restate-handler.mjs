// The service that restate.mjs calls: three durable steps.
import * as restate from '@restatedev/restate-sdk';

const chain = restate.service({
  name: 'chain',
  handlers: {
    run: async (ctx, n) => {
      let sum = n;
      for (let i = 0; i < 3; i++) {
        const before = sum;
        sum = await ctx.run(`step${i}`, () => before + 1);
      }
      return sum;
    },
  },
});
await restate.serve({ services: [chain], port: 9080, logger: () => {} });
