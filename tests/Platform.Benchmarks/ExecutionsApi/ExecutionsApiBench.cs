namespace Platform.Benchmarks.ExecutionsApi;

/// <summary>
/// What issue D promises of the executions family: reads against bare Kestrel, events appended per second, a thousand readers of one stream, and queries over five million events.
/// </summary>
internal static class ExecutionsApiBench
{
    public const string Name = "executions-api";

    private const int UsualRounds = 5;
    private static readonly string[] Parts = ["reads", "append", "streams", "store"];

    public static async Task<int> RunAsync(string[] options)
    {
        if (Array.Find(options, o => !int.TryParse(o, out _) && o is not ("sqlite" or "postgres") && !Parts.Contains(o)) is { } unknown)
        {
            Console.Error.WriteLine($"bench {Name} [rounds] [sqlite|postgres] [{string.Join("] [", Parts)}]: what is {unknown}?");
            return 2;
        }

        var rounds = options.Select(o => int.TryParse(o, out var n) && n is > 0 and <= 100 ? n : 0).FirstOrDefault(n => n > 0, UsualRounds);
        var onPostgres = options.Contains("postgres");
        var parts = options.Any(Parts.Contains) ? Parts.Where(options.Contains) : Parts;
        var report = new Report();
        foreach (var part in parts)
            await RunAsync(part, report, onPostgres, rounds);
        return report.Finish();
    }

    private static Task RunAsync(string part, Report report, bool onPostgres, int rounds) => part switch
    {
        "reads" => ReadCases.RunAsync(report, onPostgres, rounds),
        "append" => EventAppends.RunAsync(report, rounds),
        "streams" => StreamCase.RunAsync(report, onPostgres),
        _ => StoreCases.RunAsync(report, onPostgres),
    };
}
