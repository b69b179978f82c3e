using System.Globalization;
using System.Text.RegularExpressions;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Contract;

/// <summary>One operation that the contract of a family lists.</summary>
internal sealed record ContractRow(string Family, string Method, string Path, int Success)
{
    public string Key => KeyOf(Method, Path);

    /// <summary>Every row of <c>tests/Contract/*.routes.tsv</c>.</summary>
    public static IReadOnlyList<ContractRow> All { get; } = [.. Directory.GetFiles(RepositoryFiles.PathOf("tests", "Contract"), "*.routes.tsv").Order(StringComparer.Ordinal).SelectMany(Read)];

    /// <summary>Method and path with parameters as places: their names differ between contract and code, and constraints are the code's business.</summary>
    public static string KeyOf(string method, string path) =>
        $"{method} /{Regex.Replace(path.Trim('/'), @"\{(\*{0,2})[^}]*\}", match => match.Groups[1].Length > 0 ? "{*}" : "{}").ToLowerInvariant()}";

    public override string ToString() => $"{Method} {Path}";

    private static IEnumerable<ContractRow> Read(string file)
    {
        var family = FamilyOf(file);
        foreach (var line in File.ReadLines(file).Skip(1))
        {
            var cells = line.Split('\t');
            yield return new ContractRow(family, cells[0], cells[1], int.Parse(cells[4], CultureInfo.InvariantCulture));
        }
    }

    private static string FamilyOf(string file) => System.IO.Path.GetFileName(file).Split('.')[0];
}
