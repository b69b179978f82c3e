using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Platform.Databases;

/// <summary>
/// Runs <c>pg_dump</c> and <c>pg_restore</c> as the owner of one database. They are the operator's programs and speak with the server alone; what they carry goes through
/// their standard streams, so that they end with this process.
/// </summary>
public sealed class PostgresTools(IOptions<DatabaseOptions> options, ILogger<PostgresTools> log)
{
    private const int LongestError = 4000;

    /// <summary>Writes the database in the custom format; throws when the tool fails.</summary>
    internal async Task DumpAsync(NpgsqlConnectionStringBuilder server, string database, string role, string password, Stream to, CancellationToken ct)
    {
        using var process = Start("pg_dump", server, role, password, ["-Fc", "--no-password", "--lock-wait-timeout=60000", "-d", database]);
        process.StandardInput.Close();
        if (await RunAsync(process, () => process.StandardOutput.BaseStream.CopyToAsync(to, ct), ct) is { } fault)
            throw new InvalidOperationException($"pg_dump failed: {fault}");
    }

    /// <summary>Fills an empty database; what the tool says when it fails, else null, and then it is still empty.</summary>
    internal async Task<string?> RestoreAsync(NpgsqlConnectionStringBuilder server, string database, string role, string password, Stream from, CancellationToken ct)
    {
        using var process = Start(
            "pg_restore", server, role, password, ["--no-owner", "--no-acl", "--exit-on-error", "--single-transaction", "--no-password", "-d", database]);
        return await RunAsync(process, () => FeedAsync(process, from, ct), ct);
    }

    private static async Task FeedAsync(Process process, Stream from, CancellationToken ct)
    {
        try
        {
            await from.CopyToAsync(process.StandardInput.BaseStream, ct);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // it ended before its input did, and says why itself
        }
    }

    private async Task<string?> RunAsync(Process process, Func<Task> carry, CancellationToken ct)
    {
        try
        {
            var errors = process.StandardError.ReadToEndAsync(ct);
            await carry();
            await process.WaitForExitAsync(ct);
            var said = await errors;
            if (process.ExitCode == 0)
                return null;
            log.LogWarning("{Tool} ended with {ExitCode}", process.StartInfo.FileName, process.ExitCode);
            return said.Length <= LongestError ? said : said[..LongestError];
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private Process Start(string tool, NpgsqlConnectionStringBuilder server, string role, string password, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(options.Value.PostgresTools is { Length: > 0 } folder ? Path.Combine(folder, tool) : tool, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var path = Environment.GetEnvironmentVariable("PATH");
        start.Environment.Clear(); // nothing of the platform's
        foreach (var (name, value) in EnvironmentOf(server, role, password))
            start.Environment[name] = value;
        start.Environment["PATH"] = path;
        return Process.Start(start) ?? throw new InvalidOperationException($"{tool} did not start");
    }

    private static IEnumerable<(string Name, string? Value)> EnvironmentOf(NpgsqlConnectionStringBuilder server, string role, string password)
    {
        yield return ("PGHOST", server.Host);
        yield return ("PGPORT", server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        yield return ("PGUSER", role);
        yield return ("PGPASSWORD", password);
        yield return ("PGPASSFILE", "/dev/null");
        yield return ("PGCONNECT_TIMEOUT", "10");
        yield return ("PGAPPNAME", "platform");
        yield return ("PGOPTIONS", "-c statement_timeout=0 -c lock_timeout=60000 -c default_transaction_read_only=off");
        yield return ("LC_ALL", "C");
        if (server.RootCertificate is { } root)
            yield return ("PGSSLROOTCERT", root);
        yield return ("PGSSLMODE", server.SslMode switch
        {
            SslMode.Disable => "disable",
            SslMode.Allow => "allow",
            SslMode.Require => "require",
            SslMode.VerifyCA => "verify-ca",
            SslMode.VerifyFull => "verify-full",
            _ => "prefer",
        });
    }
}
