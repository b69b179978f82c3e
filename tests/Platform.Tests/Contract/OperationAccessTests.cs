using System.Net;
using System.Text.Json;

using Platform.Functions.Http;
using Platform.Identity;
using Platform.Organizations;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Contract;

/// <summary>Who may call what, for every operation of the catalogue: an operation that is added is covered without a test of its own.</summary>
public sealed class OperationAccessTests(OperationWorlds worlds) : IClassFixture<OperationWorlds>
{
    /// <summary>"METHOD route" of operations that answer a caller of another organization otherwise than with 404, and why.</summary>
    private static readonly Dictionary<string, (int Status, string Why)> ForForeigners = new(StringComparer.Ordinal);

    /// <summary>"METHOD route" of operations that answer a viewer of the object's organization otherwise than with 403 though he lacks the permission, and why.</summary>
    private static readonly Dictionary<string, (int Status, string Why)> ForViewers = new(StringComparer.Ordinal);

    /// <summary>"METHOD route" of operations that answer an access token without the scope otherwise than with 403, and why.</summary>
    private static readonly Dictionary<string, (int Status, string Why)> ForTokens = new(StringComparer.Ordinal)
    {
        ["PUT organizations/current"] = (400, "inference.md §4: session_required, since a token is bound to one organization"),
    };

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task EveryRouteParameter_HasAMaker(Db db)
    {
        var world = await worlds.GetAsync(db);
        Violations.None(world.Guarded.SelectMany(call => RouteIds.Unknown(call.Operation.Route).Select(name => $"{KeyOf(call)}: {{{name}}} has no row in {nameof(RouteIds)}")));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public Task Anonymous_IsRefusedWith401InTheFamilysForm(Db db) => EachAsync(db, world => world.Guarded, async (world, call) =>
    {
        var answer = await world.SendAsync(call.Operation, call.Method);
        return answer.StatusCode == HttpStatusCode.Unauthorized ? await FormProblemAsync(call.Operation, answer, "authenticated") : Unexpected(answer);
    });

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public Task Cookie_WithoutCsrfHeader_IsRefusedForEveryChange(Db db) => EachAsync(db, world => world.Guarded.Where(IsGuardedAgainstForgery), async (world, call) =>
    {
        var answer = await world.SendAsync(call.Operation, call.Method, world.Owner.AsBrowser());
        return answer.StatusCode == HttpStatusCode.Forbidden ? await FormProblemAsync(call.Operation, answer, "csrf") : Unexpected(answer);
    });

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public Task Foreigner_FindsNoObjectOfAnotherOrganization(Db db) => EachAsync(db, world => world.Guarded.Where(IsOnAnObject), async (world, call) =>
    {
        var expected = ForForeigners.GetValueOrDefault(KeyOf(call)).Status is var status and not 0 ? status : 404;
        var answer = await world.SendAsync(call.Operation, call.Method, OperationWorld.Bearer(world.Foreign.Token));
        return (int)answer.StatusCode == expected ? null : Unexpected(answer, $"; a {nameof(SampleBody)} may be missing");
    });

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public Task Viewer_IsRefusedWhatHisRoleDoesNotHold(Db db) => EachAsync(db, world => world.Guarded.Where(call => TakesSessions(call.Operation) && !ViewerHolds(call.Operation)), async (world, call) =>
    {
        var expected = ForViewers.GetValueOrDefault(KeyOf(call)).Status is var status and not 0 ? status : 403;
        var answer = await world.SendAsync(call.Operation, call.Method, OperationWorld.Bearer(world.Viewer.Token));
        return (int)answer.StatusCode == expected ? null : Unexpected(answer);
    });

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task AccessToken_WithoutTheScope_IsRefused(Db db)
    {
        var world = await worlds.GetAsync(db);
        if (await AccessTokens.OfAsync(world.Owner, Permissions.CatalogRead) is not { } token)
        {
            AccessTokens.AssertNotServed(world.Operations);
            return;
        }

        await EachAsync(db, _ => world.Guarded.Where(call => TakesSessions(call.Operation) && call.Operation.Permission != Permissions.CatalogRead), async (_, call) =>
        {
            var answer = await world.SendAsync(call.Operation, call.Method, OperationWorld.Bearer(token));
            var expected = ForTokens.GetValueOrDefault(KeyOf(call)).Status is var status and not 0 ? status : 403;
            return (int)answer.StatusCode == expected ? null : Unexpected(answer);
        });
    }

    [Fact]
    public async Task Exceptions_AreOfServedOperationsAndHaveReasons()
    {
        var served = (await worlds.GetAsync(Db.Sqlite)).Guarded.Select(KeyOf).ToHashSet(StringComparer.Ordinal);
        Violations.None(ForForeigners.Concat(ForViewers).Concat(ForTokens).Where(row => !served.Contains(row.Key) || row.Value.Why.Length < 20).Select(row => row.Key));
    }

    private async Task EachAsync(
        Db db, Func<OperationWorld, IEnumerable<(Operation, HttpMethod)>> choose, Func<OperationWorld, (Operation Operation, HttpMethod Method), Task<string?>> check)
    {
        var world = await worlds.GetAsync(db);
        var calls = choose(world).ToList();
        Assert.NotEmpty(calls);
        var problems = new List<string>();
        foreach (var call in calls)
        {
            if (await check(world, call) is { } problem)
                problems.Add($"{KeyOf(call)}: {problem}");
        }

        Violations.None(problems);
    }

    private static bool IsGuardedAgainstForgery((Operation Operation, HttpMethod Method) call) =>
        call.Method != HttpMethod.Get && call.Operation.Csrf && TakesSessions(call.Operation) && call.Operation.Auth != Auth.BearerOnly;

    private static bool IsOnAnObject((Operation Operation, HttpMethod Method) call) =>
        TakesSessions(call.Operation) && !call.Operation.NeedsOperator && RouteIds.NamesAnObject(call.Operation.Route);

    private static bool TakesSessions(Operation operation) => operation.Auth is not (Auth.JobKey or Auth.Worker);

    private static bool ViewerHolds(Operation operation) => !operation.NeedsOperator && BuiltInRoles.For(OrganizationRole.Viewer).Permissions.Contains(operation.Permission);

    private static string KeyOf((Operation Operation, HttpMethod Method) call) => $"{call.Method} {call.Operation.Route}";

    private static string Unexpected(HttpResponseMessage answer, string hint = "") => $"answered {(int)answer.StatusCode}{hint}";

    private static async Task<string?> FormProblemAsync(Operation operation, HttpResponseMessage answer, string word)
    {
        var text = await answer.Content.ReadAsStringAsync();
        var body = JsonSerializer.Deserialize<JsonElement>(text);
        string[] members = operation switch
        {
            { IsGateway: true } => ["error"],
            { Family: Family.Executions } => ["detail"],
            { Family: Family.Delivery } => ["success", "error", "code", "timestamp", "requestId"],
            { Family: Family.Inference } => ["error", "message"],
            _ => ["error"],
        };
        var missing = members.Where(member => !body.TryGetProperty(member, out _)).ToList();
        if (missing.Count > 0)
            return $"lacks {string.Join(", ", missing)} in {text}";
        string[] words = word == "authenticated" ? [word, "Authentication required", "unauthorized"] : [word];
        return words.Any(found => text.Contains(found, StringComparison.OrdinalIgnoreCase)) ? null : $"says {text}";
    }
}
