using System.Diagnostics;
using Npgsql;

namespace Platform.Tests.Fixtures;

/// <summary>A PostgreSQL server in a temporary directory, with fsync on, reached through a unix socket.</summary>
internal sealed class PostgresCluster(string binaries, string directory, string? user)
{
    private int _databases;
    private Process? _guard;

    /// <summary>How many were made on this server.</summary>
    public int Databases => _databases;

    /// <param name="passwords">Everybody but the superuser has to show his password.</param>
    public static async Task<PostgresCluster> StartAsync(bool passwords = false)
    {
        var directory = Directory.CreateTempSubdirectory("pg-").FullName;
        var user = Environment.IsPrivilegedProcess ? await UnprivilegedUserAsync() : null;
        var cluster = new PostgresCluster(FindBinaries(), directory, user);
        if (user is not null)
            await RunAsync("chown", user, directory);
        await cluster.RunServerToolAsync("initdb", "-D", cluster.Data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");
        if (passwords)
            await File.WriteAllTextAsync(Path.Combine(cluster.Data, "pg_hba.conf"), "local all postgres trust\nlocal all all scram-sha-256\n");
        await cluster.StartServerAsync();
        return cluster;
    }

    private string Data => Path.Combine(directory, "data");

    public string ConnectionString(string database) => $"Host={directory};Username=postgres;Database={database};Include Error Detail=true";

    /// <summary>Makes a database, empty or a copy of <paramref name="template"/> (to which nobody may be connected), and returns its connection string.</summary>
    public async Task<string> CreateDatabaseAsync(string template = "template1")
    {
        var name = $"t{Guid.NewGuid():N}";
        await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"CREATE DATABASE {name} TEMPLATE {template}", connection);
        await command.ExecuteNonQueryAsync();
        Interlocked.Increment(ref _databases);
        return ConnectionString(name);
    }

    /// <summary>Restarts the server. <c>fast</c> ends the sessions and shuts down in order, <c>immediate</c> is a crash with recovery.</summary>
    public Task RestartAsync(string mode) => RunServerToolAsync("pg_ctl", "-D", Data, "-l", Path.Combine(directory, "log"), "-m", mode, "-w", "restart");

    /// <summary>Starts the server on its data, after <see cref="StopServerAsync"/>.</summary>
    public Task StartServerAsync()
    {
        var options = $"-c listen_addresses= -c unix_socket_directories={directory} -c max_connections=300 -c fsync=on -c shared_buffers=64MB -c autovacuum=off";
        return RunServerToolAsync("pg_ctl", "-D", Data, "-l", Path.Combine(directory, "log"), "-o", options, "-w", "start");
    }

    /// <summary>Ends the server and keeps its data. The modes are those of <see cref="RestartAsync"/>.</summary>
    public Task StopServerAsync(string mode) => RunServerToolAsync("pg_ctl", "-D", Data, "-m", mode, "-w", "stop");

    /// <summary>The server and its data go with this process, however that ends: a guard in a session of its own waits for the end of a pipe that only this process holds.</summary>
    public void EndWithThisProcess()
    {
        var start = new ProcessStartInfo("setsid") { WorkingDirectory = "/", RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in (string[])["sh", "-c", "exec >/dev/null 2>&1; cat; kill -QUIT $(head -n 1 \"$1/postmaster.pid\"); while [ -e \"$1/postmaster.pid\" ] && [ $((i += 1)) -le 100 ]; do sleep 0.1; done; rm -rf \"$2\"", "sh", Data, directory])
            start.ArgumentList.Add(argument);
        _guard = Process.Start(start);
    }

    /// <summary>Ends the server and deletes its data.</summary>
    public async Task StopAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await StopServerAsync("immediate");
        _guard?.StandardInput.Close();
        await TempFolder.DeleteAsync(directory);
    }

    private static string FindBinaries()
    {
        var versions = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [];
        return versions.Select(v => Path.Combine(v, "bin")).Order(StringComparer.Ordinal).LastOrDefault(bin => File.Exists(Path.Combine(bin, "initdb")))
            ?? throw new InvalidOperationException("No PostgreSQL server below /usr/lib/postgresql/*/bin; install the package 'postgresql'.");
    }

    // initdb and postgres refuse to run as root.
    private static async Task<string> UnprivilegedUserAsync()
    {
        var users = await File.ReadAllLinesAsync("/etc/passwd");
        return users.Any(u => u.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";
    }

    private Task RunServerToolAsync(string tool, params string[] arguments)
    {
        var path = Path.Combine(binaries, tool);
        return user is null ? RunAsync(path, arguments) : RunAsync("runuser", ["-u", user, "--", path, .. arguments]);
    }

    // Output goes to a file: the server inherits the streams of pg_ctl, so a pipe would never end.
    private static async Task RunAsync(string program, params string[] arguments)
    {
        var output = Path.GetTempFileName();
        try
        {
            var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = "/" };
            foreach (var argument in (string[])["-c", "out=$1; shift; exec \"$@\" >\"$out\" 2>&1 </dev/null", "sh", output, program, .. arguments])
                start.ArgumentList.Add(argument);
            using var process = Process.Start(start)!;
            await process.WaitForExitAsync();
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed: {await File.ReadAllTextAsync(output)}");
        }
        finally
        {
            File.Delete(output);
        }
    }
}
