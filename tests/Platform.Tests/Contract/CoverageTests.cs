using Platform.Functions.Http;
using Platform.Tests.Fixtures;
using Xunit.Abstractions;

namespace Platform.Tests.Contract;

/// <summary>
/// Holds the compiled app against the contracts. <c>tests/Contract/not-served.txt</c> names what is not served yet; a row that begins to be served must leave
/// it, so the list can only shrink. <c>tests/Contract/extras.txt</c> names what is served beside the contracts, with the reason.
/// </summary>
public sealed class CoverageTests(ITestOutputHelper output)
{
    /// <summary>Catch-all rows of a contract and the concrete operation that stands for them.</summary>
    private static readonly Dictionary<string, string> ProvenBy = new(StringComparer.Ordinal)
    {
        ["GET /api/auth/{*path}"] = "GET /api/auth/ok",
        ["POST /api/auth/{*path}"] = "POST /api/auth/sign-out",
    };

    private static readonly Dictionary<string, Operation> Served = ReadCatalog();
    private static readonly HashSet<string> NotServed = [.. Lines("not-served.txt")];

    [Fact]
    public void EveryRow_IsServedAsTheContractSays_OrListedAsNotServed()
    {
        foreach (var family in ContractRow.All.GroupBy(row => row.Family))
            output.WriteLine($"{family.Key}: {family.Count(row => Problem(row) is null)} of {family.Count()} served");

        var problems = ContractRow.All.Where(row => !NotServed.Contains(row.ToString())).Select(row => (row, problem: Problem(row))).Where(found => found.problem is not null);
        Violations.None(problems.Select(found => $"{found.row} ({found.row.Family}): {found.problem}"));
    }

    [Fact]
    public void EveryListedRow_IsReallyNotServed() => Violations.None(ContractRow.All.Where(row => NotServed.Contains(row.ToString()) && Problem(row) is null).Select(row => row.ToString()));

    [Fact]
    public void EveryListedRow_IsARowOfAContract() => Violations.None(NotServed.Except(ContractRow.All.Select(row => row.ToString())));

    [Fact]
    public void EveryServedRoute_IsInAContractOrAReasonedExtra()
    {
        var contract = ContractRow.All.Select(row => row.Key).ToHashSet(StringComparer.Ordinal);
        var extras = Lines("extras.txt").Select(line => line.Split(" -- ", 2)).ToDictionary(parts => KeyOf(parts[0]), parts => parts.ElementAtOrDefault(1) ?? "", StringComparer.Ordinal);

        Assert.DoesNotContain(extras, extra => extra.Value.Trim().Length < 10);
        Violations.None(Served.Keys.Where(key => !contract.Contains(key) && !extras.ContainsKey(key)));
        Violations.None(extras.Keys.Where(key => contract.Contains(key) || !Served.ContainsKey(key)));
    }

    [Fact]
    public void Contracts_AllFamilies_AreThere() =>
        Assert.Equal(["agents", "checks", "delivery", "executions", "inference"], ContractRow.All.Select(row => row.Family).Distinct());

    /// <summary>What is missing or different; null when the row is served.</summary>
    private static string? Problem(ContractRow row)
    {
        if (row.Path == "/")
            return Served.ContainsKey("GET /{*}") ? null : "not served";
        var key = ProvenBy.TryGetValue(row.ToString(), out var proof) ? KeyOf(proof) : row.Key;
        if (row.Success == 405)
            return IsRefusedByTheFallback(row) ? null : "not refused: the path is unknown, or takes the method";
        if (!Served.TryGetValue(key, out var operation) && !(row.Method == "HEAD" && Served.TryGetValue("GET" + key[4..], out operation)))
            return "not served";
        return operation.Success == row.Success ? null : $"answers {operation.Success}, not {row.Success}";
    }

    private static bool IsRefusedByTheFallback(ContractRow row)
    {
        var path = row.Key[row.Key.IndexOf(' ', StringComparison.Ordinal)..];
        return !Served.ContainsKey(row.Key) && Served.Keys.Any(key => key.EndsWith(path, StringComparison.Ordinal) && key.IndexOf(' ', StringComparison.Ordinal) == key.Length - path.Length);
    }

    private static Dictionary<string, Operation> ReadCatalog()
    {
        var served = new Dictionary<string, Operation>(StringComparer.Ordinal);
        foreach (var operation in OperationCatalog.FromAssemblies(typeof(OperationCatalog).Assembly).All)
        {
            foreach (var method in operation.Name == FallbackFunctions.Name ? ["GET"] : operation.Methods)
                served.Add(ContractRow.KeyOf(method, operation.Route), operation);
        }

        return served;
    }

    private static string KeyOf(string text)
    {
        var (method, path) = (text.Split(' ')[0], text.Trim().Split(' ')[1]);
        return ContractRow.KeyOf(method, path);
    }

    private static IEnumerable<string> Lines(string name) =>
        File.ReadLines(RepositoryFiles.PathOf("tests", "Contract", name)).Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#');
}
