using System.Diagnostics;
using Microsoft.EntityFrameworkCore;

namespace Platform.Tests.Rules;

/// <summary>Orchestrators that break the rule in every way that the rule must see, and one that does not.</summary>
internal static class SampleOrchestrators
{
    public static object ReadsTheClock(TaskOrchestrationContext context) => DateTime.UtcNow.AddDays(context.IsReplaying ? 1 : 0);

    public static object MakesAnId(TaskOrchestrationContext context) => Guid.CreateVersion7(context.CurrentUtcDateTime);

    public static async Task WaitsForTheWallClock(TaskOrchestrationContext context)
    {
        await context.CreateTimer(TimeSpan.FromSeconds(1), CancellationToken.None);
        await Task.Delay(1);
    }

    public static async Task LeavesTheScheduler(TaskOrchestrationContext context) =>
        await context.CallActivityAsync("Any").ConfigureAwait(false);

    public static async Task StartsAThread(TaskOrchestrationContext context) => await Task.Run(() => context.InstanceId);

    public static object Measures(TaskOrchestrationContext context) => (context, Stopwatch.GetTimestamp());

    public static object ReadsTheEnvironment(TaskOrchestrationContext context) => (context, Environment.MachineName);

    public static object ReadsAFile(TaskOrchestrationContext context) => File.ReadAllText(context.InstanceId);

    public static async Task CallsOut(TaskOrchestrationContext context)
    {
        using var client = new HttpClient();
        await client.GetAsync(new Uri(context.InstanceId));
    }

    public static object AsksTheDatabase(TaskOrchestrationContext context, DbContext db) => db.Find<string>(context.InstanceId)!;

    public static object InALambda(TaskOrchestrationContext context) => Enumerable.Range(0, 3).Select(_ => (context, Guid.NewGuid())).ToList();

    public static object InAConstructor(TaskOrchestrationContext context) => (context, new Dice());

    public static object InAStaticInitializer(TaskOrchestrationContext context) => (context, Started.Year);

    public static object InAnIterator(TaskOrchestrationContext context) => Draws(context).First();

    public static object BehindAnInterface(TaskOrchestrationContext context, INumbers numbers) => (context, numbers.Next());

    public static async Task<int> Deterministic(TaskOrchestrationContext context)
    {
        var outcome = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => context.CallActivityAsync<int>("Any", i)));
        await context.CreateTimer(context.CurrentUtcDateTime.AddSeconds(1), CancellationToken.None);
        return outcome.Sum() + Even(outcome).Count() + context.NewGuid().GetHashCode();
    }

    private static IEnumerable<int> Even(int[] numbers)
    {
        foreach (var number in numbers)
        {
            if (number % 2 == 0)
                yield return number;
        }
    }

    private static IEnumerable<int> Draws(TaskOrchestrationContext context)
    {
        if (!context.IsReplaying)
            yield return Random.Shared.Next();
    }

    internal interface INumbers
    {
        int Next();
    }

    private static class Started
    {
        public static readonly int Year = DateTimeOffset.Now.Year;
    }

    private sealed class Dice
    {
        public int Value { get; } = Random.Shared.Next();
    }

    private sealed class Numbers : INumbers
    {
        public int Next() => Environment.TickCount;
    }
}
