using System.Text.Json;

namespace Platform.Benchmarks;

/// <summary>One measured case: our figure, the comparison's of the same run, and their ratio.</summary>
internal sealed record Case(string Bench, string Name, double Ours, string Unit, string Peer, double Theirs, int Rounds, string? Target = null)
{
    public double Ratio => Theirs == 0 ? 0 : Ours / Theirs;
}

/// <summary>Prints cases readably, and at the end one JSON line per case.</summary>
internal sealed class Report
{
    private readonly List<Case> _cases = [];

    public void Add(Case measured)
    {
        _cases.Add(measured);
        Console.WriteLine(
            $"{measured.Bench}/{measured.Name,-22} {measured.Ours,12:N2} {measured.Unit,-16} {measured.Peer,-34} {measured.Theirs,12:N2}   ratio {measured.Ratio:0.00}   {measured.Target}");
    }

    public int Finish()
    {
        Console.WriteLine();
        foreach (var measured in _cases)
        {
            Console.WriteLine(JsonSerializer.Serialize(new Dictionary<string, object>
            {
                ["bench"] = measured.Bench,
                ["case"] = measured.Name,
                ["ours"] = Math.Round(measured.Ours, 3),
                ["unit"] = measured.Unit,
                ["peer"] = measured.Peer,
                ["theirs"] = Math.Round(measured.Theirs, 3),
                ["ratio"] = Math.Round(measured.Ratio, 3),
                ["rounds"] = measured.Rounds,
            }));
        }

        return 0;
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
