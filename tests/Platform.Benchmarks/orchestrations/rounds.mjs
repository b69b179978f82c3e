// The rounds that every peer makes: workflows with some in flight, then some one after another. Prints one line a round: workflows per second and the p50 of a single one in ms.
export async function rounds([workflows, inFlight, singles, count], run) {
  const one = async (i) => {
    const result = await run(i);
    if (result !== i + 3) throw new Error(`expected ${i + 3}, got ${result}`);
  };
  const many = async (n) => {
    let next = 0;
    const started = performance.now();
    await Promise.all(Array.from({ length: inFlight }, async () => { while (next < n) await one(next++); }));
    return n / ((performance.now() - started) / 1000);
  };
  await many(workflows / 2);
  for (let round = 0; round < count; round++) {
    const perSecond = await many(workflows);
    const times = [];
    for (let i = 0; i < singles; i++) {
      const started = performance.now();
      await one(i);
      times.push(performance.now() - started);
    }
    times.sort((a, b) => a - b);
    console.log(`${perSecond.toFixed(1)} ${times[singles / 2].toFixed(3)}`);
  }
}
