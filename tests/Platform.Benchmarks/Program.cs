using Platform.Benchmarks;
using Platform.Benchmarks.ExecutionsApi;
using Platform.Benchmarks.Soak;

return args switch
{
    ["functions", ..] => await FunctionsBench.RunAsync(Rounds(5)),
    ["bare-functions", var port] => await BareFunctions.RunAsync(int.Parse(port)),
    ["http", ..] => await HttpBench.RunAsync(Rounds(5)),
    ["execute", ..] => await ExecuteBench.RunAsync(Rounds(50)),
    ["history", .. var options] => await HistoryBench.RunAsync(options),
    ["history-fill", var provider, var connectionString] => await HistoryBench.FillAsync(provider, connectionString),
    ["idle", ..] => await IdleBench.RunAsync(Rounds(3)),
    ["idle-engine", var provider, var connectionString] => await IdleBench.RunEngineAsync(provider, connectionString),
    ["bare-kestrel", var port] => await BareKestrel.RunAsync(int.Parse(port)),
    ["bare-queries", var port, var provider, var connectionString, var user] => await BareQueries.RunAsync(int.Parse(port), provider, connectionString, Guid.Parse(user)),
    [ExecutionsApiBench.Name, .. var options] => await ExecutionsApiBench.RunAsync(options),
    ["soak", .. var options] => await SoakBench.RunAsync(options),
    ["metrics", ..] => await MetricsBench.RunAsync(Rounds(9)),
    ["webhooks", ..] => await WebhooksBench.RunAsync(Rounds(3)),
    ["orchestrations", ..] => await OrchestrationsBench.RunAsync(Rounds(5)),
    ["chaos", .. var options] => await ChaosBench.RunAsync(options),
    ["broker", ..] => await BrokerBench.RunAsync(Rounds(5)),
    ["sandbox", ..] => await SandboxBench.RunAsync(Rounds(100)),
    _ => Usage(),
};

int Rounds(int usual) => args.Length > 1 && int.TryParse(args[1], out var rounds) && rounds is > 0 and <= 200 ? rounds : usual;

static int Usage()
{
    Console.Error.WriteLine("""
        bench: broker|execute|functions|history|http|idle|metrics|orchestrations|sandbox|webhooks [rounds],
            executions-api [rounds] [sqlite|postgres] [reads] [append] [streams] [store],
            chaos [--seed N] [--kills N] [--only sqlite|postgres|restarts|pauses], or soak [minutes] [--seed N]
        """);
    return 2;
}
