using Platform.Metrics;

namespace Platform.Tests.Metrics;

/// <summary>Requests on their way to the series of the API.</summary>
public sealed class RequestTallyTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly ApiCall Call = new(Guid.CreateVersion7(), Guid.CreateVersion7(), "api/things", "GET", 204);

    [Fact]
    public void Requests_AreAllCounted_AndAtMostAHundredTimed()
    {
        var tally = new RequestTally();
        for (var i = 0; i < 1000; i++)
            tally.Add(Call, i, Now.AddSeconds(i));
        tally.Add(Call with { Status = 503 }, null, Now);

        var drafts = tally.Take().ToLookup(row => (row.Draft.Name, row.Draft.Tags["statusClass"]), row => row.Draft);

        var counted = Assert.Single(drafts[("api.requests", "2xx")]);
        Assert.Equal((1000, MetricKind.Counter, Now.AddSeconds(999), "api/things", "GET"), (counted.Value, counted.Kind, counted.Timestamp, counted.Tags["route"], counted.Tags["method"]));
        var timed = drafts[("api.request_duration", "2xx")].ToList();
        Assert.Equal(RequestTally.MostDurations, timed.Select(draft => draft.Value).Distinct().Count());
        Assert.InRange(timed.Average(draft => draft.Value), 350, 650); // each had the same chance
        Assert.All(timed, draft => Assert.Equal(Now.AddSeconds(draft.Value), draft.Timestamp));
        Assert.Equal(1, Assert.Single(drafts[("api.requests", "5xx")]).Value);
        Assert.Empty(drafts[("api.request_duration", "5xx")]);
        Assert.Empty(tally.Take());
    }

    [Fact]
    public async Task Requests_WhileOthersAreTaken_AreCountedOnce()
    {
        const int Each = 20_000;
        var tally = new RequestTally();
        var adding = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++)
                tally.Add(Call, 1, Now);
        })));
        var counted = 0.0;
        while (!adding.IsCompleted)
            counted += Counted();
        await adding;

        Assert.Equal(4 * Each, counted + Counted());

        double Counted() => tally.Take().Where(row => row.Draft.Name == "api.requests").Sum(row => row.Draft.Value);
    }
}
