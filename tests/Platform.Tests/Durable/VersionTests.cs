using EmbeddedFunctions.Durable;
using EmbeddedFunctions.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Durable;

/// <summary>Which orchestrations a node runs by their version.</summary>
public sealed class VersionTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    public static TheoryData<Db> Stores => [Db.Sqlite, Db.Postgres];

    [Theory]
    [InlineData("None", null, true)]
    [InlineData("None", "9", true)]
    [InlineData("Strict", "2.0", true)]
    [InlineData("Strict", "1.0", false)]
    [InlineData("Strict", null, false)]
    [InlineData("CurrentOrOlder", "2.0", true)]
    [InlineData("CurrentOrOlder", "1.10", true)]
    [InlineData("CurrentOrOlder", null, true)]
    [InlineData("currentorolder", "2.1", false)]
    [InlineData(null, "10.0", false)]
    public void Accepts_EachStrategy_ComparesWithItsOwn(string? strategy, string? version, bool runs) =>
        Assert.Equal(runs, Options(("defaultVersion", "2.0"), ("versionMatchStrategy", strategy)).Versions.Accepts(version));

    [Fact]
    public void Accepts_NodeWithoutVersion_RunsEverything() => Assert.True(Options(("versionMatchStrategy", "Strict")).Versions.Accepts("3"));

    [Theory]
    [InlineData("versionMatchStrategy", "Newer")]
    [InlineData("versionMatchStrategy", "7")]
    [InlineData("versionFailureStrategy", "Ignore")]
    public void From_UnknownStrategy_IsRefused(string name, string value) =>
        Assert.Contains(value, Assert.Throws<InvalidOperationException>(() => Options((name, value))).Message, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Fail_NewerVersion_FailsWithItsReason(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        h.Functions.Orchestrator("Versioned", context => Task.FromResult<object?>(context.Version));
        await h.StartAsync(Version("1.0", VersionFailureStrategy.Fail));

        var newer = await h.CompletionAsync(await StartAsync(h, "Versioned", "2.0"));
        var own = await h.CompletionAsync(await StartAsync(h, "Versioned", "1.0"));

        Assert.Equal(OrchestrationRuntimeStatus.Failed, newer.RuntimeStatus);
        Assert.Equal("VersionMismatch", newer.FailureDetails?.ErrorType);
        Assert.Equal("1.0", own.ReadOutputAs<string>());
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Reject_NewerVersion_WaitsForANodeThatRunsIt(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        h.Functions.Orchestrator("Versioned", context => Task.FromResult<object?>(context.Version));
        await h.StartAsync(Version("1.0", VersionFailureStrategy.Reject));

        var newer = await StartAsync(h, "Versioned", "2.0");
        var looks = h.Engine.Store.Looks;
        await h.CompletionAsync(await StartAsync(h, "Versioned", "1.0"));
        await LooksAsync(h, looks);
        Assert.Equal(OrchestrationRuntimeStatus.Pending, (await h.Client.GetInstanceAsync(newer))!.RuntimeStatus);

        await MoveToAsync(h, "2.0");
        Assert.Equal("2.0", (await h.CompletionAsync(newer)).ReadOutputAs<string>());
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Reject_InstanceOfANewerNode_LosesNoEvent(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        h.Functions.Orchestrator("Waiting", async context => await context.WaitForExternalEvent<string>("word"));
        await h.StartAsync(Version("2.0", VersionFailureStrategy.Reject));
        var id = await StartAsync(h, "Waiting", version: null);
        await h.Client.WaitForInstanceStartAsync(id);

        await MoveToAsync(h, "1.0");
        var looks = h.Engine.Store.Looks;
        await h.Client.RaiseEventAsync(id, "word", "hello");
        await LooksAsync(h, looks);
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await h.Client.GetInstanceAsync(id))!.RuntimeStatus);

        await MoveToAsync(h, "2.0");
        Assert.Equal("hello", (await h.CompletionAsync(id)).ReadOutputAs<string>());
    }

    private static Func<DurableOptions, DurableOptions> Version(string own, VersionFailureStrategy failure) =>
        o => o with { DefaultVersion = own, Versions = new VersionRule(own, VersionMatchStrategy.CurrentOrOlder, failure) };

    private static Task<string> StartAsync(DurableHarness h, string name, string? version) =>
        h.Client.ScheduleNewOrchestrationInstanceAsync(name, null, version is null ? null : new StartOrchestrationOptions { Version = version });

    /// <summary>Waits until a sweep has looked for work.</summary>
    private static Task LooksAsync(DurableHarness h, int since) => DurableHarness.UntilAsync(() => h.Engine.Store.Looks > since);

    private static async Task MoveToAsync(DurableHarness h, string version)
    {
        await h.Engine.CrashAsync();
        await h.StartAsync(Version(version, VersionFailureStrategy.Reject));
    }

    private static DurableOptions Options(params (string Name, string? Value)[] settings) => DurableOptions.From(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"{DurableOptions.Section}:{s.Name}", s.Value))).Build());
}
