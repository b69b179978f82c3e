using System.Reflection;
using System.Text.RegularExpressions;

using Platform.Tests.Fixtures;

namespace Platform.Tests.Documentation;

/// <summary>Holds <c>docs/acceptance.md</c> against the tests that it names.</summary>
public sealed class AcceptancePageTests
{
    private const int Scenarios = 18;

    // Stopping a server is nothing that can happen to a file.
    private const int OfPostgresAlone = 17;

    private static readonly Type[] Classes = [.. typeof(AcceptancePageTests).Assembly.GetTypes().Where(type => type.IsClass)];

    private static readonly List<(int Number, List<(string Class, string Method)> Tests)> Rows = [.. File.ReadLines(RepositoryFiles.PathOf("docs", "acceptance.md"))
        .Select(line => Regex.Match(line, @"^\| (\d+) \|")).Where(row => row.Success)
        .Select(row => (int.Parse(row.Groups[1].Value), TestsIn(row.Result("$_"))))];

    [Fact]
    public void Page_ListsEveryScenarioOnceInOrder() => Assert.Equal(Enumerable.Range(1, Scenarios), Rows.Select(row => row.Number));

    [Fact]
    public void Page_NamesTestsThatExist() => Violations.None(Rows.SelectMany(row => row.Tests.Where(test => Find(test).Count == 0).Select(test => $"{row.Number}: {test.Class}.{test.Method}")));

    [Fact]
    public void Page_ProvesEveryScenarioOnBothDatabases() => Violations.None(Rows.Where(row => row.Number != OfPostgresAlone)
        .SelectMany(row => Enum.GetNames<Db>().Except(row.Tests.SelectMany(Find).SelectMany(DatabasesOf)).Select(db => $"{row.Number}: nothing on {db}")));

    private static List<(string Class, string Method)> TestsIn(string line) => [.. Regex.Matches(line, @"`(\w+)\.(\w+)`").Select(match => (match.Groups[1].Value, match.Groups[2].Value))];

    /// <summary>The test in its class, or in each class that inherits it.</summary>
    private static List<(Type Class, MethodInfo Method)> Find((string Class, string Method) test) => [.. Classes
        .Where(type => !type.IsAbstract && (type.Name == test.Class || type.BaseType?.Name == test.Class))
        .Select(type => (type, type.GetMethod(test.Method)!)).Where(found => found.Item2?.GetCustomAttribute<FactAttribute>() is { Skip: null })];

    private static IEnumerable<string> DatabasesOf((Type Class, MethodInfo Method) test) => Enum.GetNames<Db>().Where(db => test.Class.Name.Contains($"On{db}", StringComparison.Ordinal)
        || test.Method.GetCustomAttributes<InlineDataAttribute>().Any(data => data.GetData(test.Method).Single().OfType<Db>().Any(given => given.ToString() == db)));
}
