using Platform.Tests.Fixtures;

namespace Platform.Tests.Rules;

/// <summary>Which rooms of the house know which others.</summary>
public sealed class AreaRulesTests
{
    /// <summary>
    /// The allowed arrows; a name without a floor is a room of shared. Free are a room's own area in shared, and for functions what every function class uses.
    /// Before you add one: may the other area do it in its service, or raise an event?
    /// </summary>
    private static readonly Dictionary<string, string> Table = new()
    {
        ["shared/Agents"] = "Audit Data Identity RateLimits Secrets",
        ["shared/Admin"] = "Audit Data Events Identity Organizations RateLimits",
        ["shared/Audit"] = "Data Identity",
        ["shared/Builds"] = "Archives Audit Blobs Dashboards Data Events Idempotency Identity Metrics Organizations Outbound Sandbox Secrets Variables Workflows",
        ["shared/Data"] = "Audit Events Identity Workflows",
        ["shared/Databases"] = "Audit Blobs Dashboards Data Events Idempotency Identity Metrics Organizations RateLimits Secrets Workflows",
        ["shared/Dashboards"] = "Data",
        ["shared/DeadLetters"] = "Audit Data Events Identity Organizations",
        ["shared/Events"] = "Audit Data DeadLetters Identity Workflows",
        ["shared/Domains"] = "Audit Data Events Idempotency Identity Organizations",
        ["shared/Executions"] = "Audit Data DeadLetters Events Idempotency Identity Quotas Sandbox Settings Workflows",
        ["shared/Health"] = "Blobs Data DeadLetters Events Identity Sandbox Workflows",
        ["shared/Idempotency"] = "Data Events Identity Secrets",
        ["shared/Identity"] = "Audit Data Events Idempotency Mail Organizations Outbound RateLimits Secrets Settings Workflows",
        ["shared/Alertmanager"] = "Data Identity Notifications Workflows",
        ["shared/Alerts"] = "Audit Dashboards Data Events Idempotency Identity Metrics Organizations",
        ["shared/Metrics"] = "Dashboards Data Idempotency Identity Organizations Settings",
        ["shared/Notifications"] = "Audit Data Events Identity Organizations Outbound Secrets Workflows",
        ["shared/Organizations"] = "Audit Dashboards Data DeadLetters Events Idempotency Identity Mail Workflows",
        ["shared/Quotas"] = "Audit Data Events Identity Organizations",
        ["shared/RateLimits"] = "Data Events Identity",
        ["shared/Replay"] = "Audit Blobs Data Events Executions Idempotency Identity Organizations Outbound Secrets Workflows",
        ["shared/Sandbox"] = "Outbound",
        ["shared/Scripts"] = "Audit Data Events Executions Idempotency Identity Organizations",
        ["shared/Secrets"] = "Data Identity Organizations",
        ["shared/Settings"] = "Audit Data Identity",
        ["shared/UserFunctions"] = "Archives Audit Blobs Dashboards Data Domains Events Idempotency Identity Metrics Organizations Sandbox Secrets Variables Workflows",
        ["shared/UserSettings"] = "Audit Data Events Identity Notifications",
        ["shared/Variables"] = "Audit Blobs Data Events Idempotency Identity Organizations Secrets",
        ["shared/Webhooks"] = "Audit Dashboards Data DeadLetters Events Idempotency Identity Metrics Organizations Outbound RateLimits Secrets",
        ["shared/Workflows"] = "Data",
        ["functions/Builds"] = "Organizations functions/Events functions/Metrics",
        ["functions/Databases"] = "Organizations",
        ["functions/Domains"] = "Organizations",
        ["functions/Variables"] = "Organizations",
        ["functions/Audit"] = "Dashboards Data functions/Executions",
        ["functions/Agents"] = "Data",
        ["functions/Admin"] = "Data Events Organizations Settings functions/Identity functions/Organizations",
        ["functions/Alertmanager"] = "Data Notifications",
        ["functions/ConsolePages"] = "Alerts Archives Builds Data Databases Metrics Organizations UserFunctions Webhooks functions/Dashboards functions/Documentation functions/Metrics functions/Pages",
        ["functions/Dashboards"] = "Alerts Builds Databases Metrics Organizations UserFunctions Webhooks functions/Audit functions/Metrics",
        ["functions/DeadLetters"] = "Audit Data",
        ["functions/Events"] = "Data Executions Notifications Organizations functions/Executions",
        ["functions/Hosts"] = "Audit Data Events Health functions/Events functions/Identity",
        ["functions/Alerts"] = "Organizations",
        ["functions/Metrics"] = "Organizations",
        ["functions/Notifications"] = "Data",
        ["functions/Executions"] = "Data Sandbox functions/Documentation functions/Pages",
        ["functions/Pages"] = "functions/Documentation functions/Identity",
        ["functions/Scripts"] = "Executions functions/Executions",
        ["functions/UserFunctions"] = "Data Domains functions/Metrics",
        ["orchestrations/UserFunctions"] = "Data Identity",
        ["functions/UserSettings"] = "Notifications",
        ["functions/Webhooks"] = "Events",
        ["functions/Http"] = "Audit Data Idempotency Metrics Organizations functions/Documentation functions/Identity",
        ["functions/Identity"] = "Organizations",
        ["orchestrations/Alertmanager"] = "Data Identity",
        ["orchestrations/Builds"] = "Data Identity",
        ["orchestrations/Databases"] = "Data Identity",
        ["orchestrations/Executions"] = "Data Identity",
        ["orchestrations/Identity"] = "Data",
        ["functions/Quotas"] = "Data",
        ["functions/Replay"] = "Data",
        ["orchestrations/Replay"] = "Data Identity",
        ["orchestrations/Notifications"] = "Data Identity",
        ["functions/Organizations"] = "Data Idempotency functions/Identity",
        ["orchestrations/Organizations"] = "Data Identity",
    };

    private static readonly HashSet<(string From, string To)> Allowed =
        [.. Table.SelectMany(row => row.Value.Split(' ').Select(to => (row.Key, to.Contains('/', StringComparison.Ordinal) ? to : $"shared/{to}")))];

    private static readonly string[] FreeInFunctions = ["functions/Http", "shared/Identity", "shared/RateLimits"];

    private static readonly AreaReferences References = new(SourceFile.Product);

    private static readonly (SourceFile File, string From, string To)[] Arrows =
        [.. SourceFile.Product.Where(file => !file.IsBelow("hosting")).SelectMany(file => ArrowsOf(References, file))];

    [Fact]
    public void Areas_KnowOnlyTheAreasInTheTable() => Violations.None(Arrows
        .Where(arrow => !Allowed.Contains((arrow.From, arrow.To)))
        .Select(arrow => $"{arrow.File.Path}: {arrow.From} -> {arrow.To} is not in the table of allowed arrows (AreaRulesTests)"));

    [Fact]
    public void Table_HoldsNoArrowThatNobodyUses() => Violations.None(Allowed
        .Except(Arrows.Select(arrow => (arrow.From, arrow.To)))
        .Select(arrow => $"{arrow.From} -> {arrow.To}"));

    [Fact]
    public void Floors_MeetOnlyInShared() => Violations.None(Arrows
        .Where(arrow => !arrow.To.StartsWith("shared/", StringComparison.Ordinal) && Floor(arrow.From) != Floor(arrow.To))
        .Select(arrow => $"{arrow.File.Path}: {arrow.From} -> {arrow.To}"));

    [Theory]
    [InlineData("using Platform.Sandbox.Linux; namespace Platform.Health;", "shared/Sandbox")]
    [InlineData("using static Platform.Sandbox.Limits; namespace Platform.Health;", "shared/Sandbox")]
    [InlineData("using Box = Platform.Sandbox.Limits; namespace Platform.Health;", "shared/Sandbox")]
    [InlineData("namespace Platform.Health; class C { Platform.Sandbox.Limits? x; }", "shared/Sandbox")]
    [InlineData("namespace Platform.Health; class C { object x = global::Platform.Sandbox.Limits.Most; }", "shared/Sandbox")]
    [InlineData("namespace Platform.Health; class C { Sandbox.Limits? x; }", "shared/Sandbox")]
    [InlineData("namespace Platform.Health; class C { object x = Sandbox.Limits.Most; }", "shared/Sandbox")]
    [InlineData("namespace Platform.Health; class C { object Sandbox; object y = Sandbox.Length; }", null)]
    [InlineData("namespace Platform.Health; class C { Platform.Functions.Http.Gate? x; }", "functions/Http")]
    public void References_InEveryForm_AreSeen(string text, string? room)
    {
        var file = new SourceFile("shared/Health/Check.cs", text);
        SourceFile[] files =
        [
            file,
            new("shared/Sandbox/Linux/Limits.cs", "namespace Platform.Sandbox.Linux; class Limits;"),
            new("functions/Http/Gate.cs", "namespace Platform.Functions.Http; class Gate;"),
        ];

        Assert.Equal(room is null ? [] : [("shared/Health", room)], ArrowsOf(new AreaReferences(files), file).Select(arrow => (arrow.From, arrow.To)));
    }

    private static IEnumerable<(SourceFile File, string From, string To)> ArrowsOf(AreaReferences references, SourceFile file) => AreaReferences.RoomOf(file.Path) is { } from
        ? references.Of(file).Where(to => !IsFree(from, to)).Select(to => (file, from, to))
        : [];

    private static bool IsFree(string from, string to) =>
        to == from || to == $"shared/{from.Split('/')[1]}" || (Floor(from) == "functions" && FreeInFunctions.Contains(to));

    private static string Floor(string room) => room.Split('/')[0];
}
