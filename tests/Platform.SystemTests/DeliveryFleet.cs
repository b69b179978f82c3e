using System.Text;
using Npgsql;
using Platform.Functions;
using Platform.Testing;
using Platform.Tests.Fixtures;

namespace Platform.SystemTests;

/// <summary>
/// Two nodes of the platform on one PostgreSQL and one data folder, beside a server for managed databases (the same cluster) and a receiver of webhooks. A node that is killed is
/// followed by another at once.
/// </summary>
internal sealed class DeliveryFleet(PostgresCluster cluster, string folder, (string Key, string Value)[] settings, string database) : IAsyncDisposable
{
    private const string FunctionIndent = "        ";
    private static readonly string Assembly = typeof(PlatformComposition).Assembly.Location;

    private readonly PlatformProcess[] _nodes = new PlatformProcess[2];
    private readonly Task[] _ready = [Task.CompletedTask, Task.CompletedTask];
    private readonly List<string> _kills = [];
    private readonly List<int> _ended = [];

    public string Folder => folder;

    /// <summary>Where the nodes' builds work.</summary>
    public string Builds => BuildsOf(folder);

    /// <summary>Connection string of the platform's database.</summary>
    public string Database => database;

    /// <summary>The superuser's, of the server of managed databases.</summary>
    public string Server => cluster.ConnectionString("postgres");

    /// <summary>Which node was killed when, and what was under way then.</summary>
    public IReadOnlyList<string> Kills => _kills;

    /// <summary>Processes of nodes that are no more.</summary>
    public IReadOnlyList<int> Ended => _ended;

    public static async Task<DeliveryFleet> StartAsync()
    {
        var cluster = await PostgresCluster.StartAsync(passwords: true);
        cluster.EndWithThisProcess();
        var (platform, host) = (await cluster.CreateDatabaseAsync(), await cluster.CreateDatabaseAsync());
        await DatabaseServer.SetUpAsync(cluster.ConnectionString("postgres"), NameOf(platform), NameOf(host));
        (string, string)[] settings =
        [
            ("RateLimit:Enabled", "false"), ("Database:Provider", "postgres"), ("Database:ConnectionString", platform), ("Host:Storage:Provider", "postgres"), ("Host:Storage:ConnectionString", host),
            ("Databases:PostgresConnection", DatabaseServer.AdministratorOf(cluster.ConnectionString("postgres"))), ("Outbound:AllowHosts:0", "127.0.0.1"), ("Outbound:AllowHttp", "true"),
            ("Webhooks:LeaseSeconds", "45"), ("Sandbox:Cpu", "16"), ("Sandbox:MemoryMb", "16384"),
        ];
        var fleet = new DeliveryFleet(cluster, Directory.CreateTempSubdirectory("kill-delivery-").FullName, settings, platform);
        fleet.Start(0);
        await fleet._ready[0]; // it makes the tables and the master key
        fleet.Start(1);
        return fleet;
    }

    /// <summary>A node that answers; waits for one that is starting.</summary>
    public async Task<Uri> UrlOfAsync(int node)
    {
        await _ready[node];
        return _nodes[node].Url;
    }

    /// <summary>Kills a node and starts the next in its place.</summary>
    public async Task KillAsync(int node)
    {
        await _ready[node];
        var (id, at) = (_nodes[node].Id, DateTimeOffset.UtcNow);
        await _nodes[node].KillAsync();
        _ended.Add(id);
        await _nodes[node].DisposeAsync();
        Start(node);
        var underWay = await new Ledger(database, "", []).ListAsync(DeliveryPromises.UnderWay);
        _kills.Add($"{at:HH:mm:ss.fff} process {id} of node {node} killed; under way: {string.Join("; ", underWay)}");
    }

    /// <summary>Stops both in order; their exit codes.</summary>
    public async Task<IReadOnlyList<int>> StopAsync()
    {
        _ended.AddRange(_nodes.Select(node => node.Id));
        return await Task.WhenAll(_nodes.Select(node => node.StopAsync()));
    }

    /// <summary>What the processes said, but for the list of their functions.</summary>
    public async Task<string> ConsolesAsync()
    {
        var said = new StringBuilder();
        foreach (var file in Directory.EnumerateFiles(folder, "console-*").Order(StringComparer.Ordinal))
        {
            said.AppendLine(Path.GetFileName(file));
            await foreach (var line in File.ReadLinesAsync(file))
            {
                if (line.Length > 0 && !line.StartsWith(FunctionIndent, StringComparison.Ordinal))
                    said.AppendLine(line);
            }
        }

        return said.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes.Where(node => node is not null))
            await node.DisposeAsync();
        await cluster.StopAsync();
        Directory.Delete(folder, recursive: true);
        Directory.Delete(Builds, recursive: true);
    }

    private static string BuildsOf(string folder) => $"{folder}-builds"; // the sandbox's user may not enter the data directory

    private static string NameOf(string connection) => new NpgsqlConnectionStringBuilder(connection).Database!;

    private void Start(int node)
    {
        var process = _nodes[node] = PlatformProcess.StartOn(Assembly, folder, [.. settings, ("Host:Storage:Path", Path.Combine(folder, $"node-{node}")), ("Builds:Directory", Builds)]);
        _ready[node] = ReadyAsync(process);
    }

    private static async Task ReadyAsync(PlatformProcess process)
    {
        using var http = new HttpClient { BaseAddress = process.Url };
        await process.WaitForAsync(http, "/health/readyz");
    }
}
