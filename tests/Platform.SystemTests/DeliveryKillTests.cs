using Platform.Tests.Fixtures;
using Xunit.Abstractions;

namespace Platform.SystemTests;

/// <summary>Two nodes of which one after the other is killed (SIGKILL) while builds, deployments, backups of both engines and webhooks are under way: all end as if nothing had been.</summary>
public sealed class DeliveryKillTests(ITestOutputHelper output)
{
    private const int Kills = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Of the moments of the kills; <c>KILL_SEED</c> repeats those of a run that failed.</summary>
    private static int Seed => int.TryParse(Environment.GetEnvironmentVariable("KILL_SEED"), out var given) ? given : Environment.TickCount;

    [Fact]
    public async Task Kills_OfEitherNode_LeaveNothingHalfDone()
    {
        var seed = Seed;
        output.WriteLine($"seed {seed}");
        var mark = $"mark-{Guid.CreateVersion7():N}-";
        await using var receiver = await Receiver.StartAsync();
        await using var fleet = await DeliveryFleet.StartAsync();
        await using var watch = new ProcessWatch(mark);
        var load = new DeliveryLoad(fleet, receiver, mark);
        var checks = new DeliveryChecks(fleet, load, receiver, watch, Kills);
        try
        {
            await load.SetUpAsync();
            await KillAsync(fleet, load, new Random(seed));
            var broken = await checks.UntilDoneAsync(Patience);
            output.WriteLine(checks.Summary);
            Assert.True(broken.Count == 0, $"{broken.Count} promises are broken, seed {seed}:\n{string.Join('\n', broken)}");
        }
        catch
        {
            await TellAsync(fleet, checks);
            throw;
        }
    }

    private static async Task KillAsync(DeliveryFleet fleet, DeliveryLoad load, Random random)
    {
        using var stop = new CancellationTokenSource();
        var invoking = new[] { 0, 1 }.Select(node => load.InvokeAsync(node, stop.Token)).ToList();
        for (var kill = 0; kill < Kills; kill++)
        {
            var (first, victim) = (random.Next(2), random.Next(2));
            await load.WorkAsync(first, 1 - first);
            await Task.Delay(random.Next(0, 2000)); // the moment of the kill is what is being tested
            await fleet.KillAsync(victim);
            await load.WorkAsync(1 - victim, 1 - victim);
        }

        await stop.CancelAsync();
        await Task.WhenAll(invoking);
    }

    // All that is needed to understand a failure without the machine that it happened on.
    private async Task TellAsync(DeliveryFleet fleet, DeliveryChecks checks)
    {
        output.WriteLine(checks.Summary);
        foreach (var kill in fleet.Kills)
            output.WriteLine(kill);
        foreach (var row in await new Ledger(fleet.Database, "", []).ListAsync(DeliveryPromises.Rows))
            output.WriteLine(row);
        output.WriteLine(await fleet.ConsolesAsync());
    }
}
