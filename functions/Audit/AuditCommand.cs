using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Audit;
using Platform.Data;

namespace Platform.Functions.Audit;

/// <summary>The command <c>audit verify</c>. Changes nothing; the platform may run meanwhile.</summary>
internal sealed class AuditCommand(AuditVerifier verifier, DatabaseSettings settings, IServiceScopeFactory scopes)
{
    private const int Clean = 0;
    private const int Found = 1;
    private const int NotDone = 2;

    /// <param name="organization">An organization's id, or <c>platform</c>; null is all chains.</param>
    /// <param name="output">Gets a line per chain and a line per finding.</param>
    /// <param name="ct">Ends the walk.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> VerifyAsync(string? organization, TextWriter output, CancellationToken ct)
    {
        var id = Guid.Empty;
        if (organization is not (null or "platform") && !Guid.TryParse(organization, out id))
            return await RefuseAsync(output, $"'{organization}' is no organization's id");
        if (!await IsUpToDateAsync(ct))
            return await RefuseAsync(output, "the database is missing or of another version: start this version of the platform once");

        long problems = 0;
        await foreach (var report in verifier.VerifyAsync(organization is null ? null : id, ct))
        {
            await WriteAsync(output, report);
            problems += report.Problems;
        }

        await output.WriteLineAsync(problems == 0 ? "No findings." : $"{problems} findings.");
        return problems == 0 ? Clean : Found;
    }

    private async Task<bool> IsUpToDateAsync(CancellationToken ct)
    {
        if (settings.IsSqlite && !File.Exists(settings.SqliteFile))
            return false;
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        return !(await scope.ServiceProvider.GetRequiredService<PlatformDbContext>().Database.GetPendingMigrationsAsync(ct)).Any();
    }

    private static async Task WriteAsync(TextWriter output, ChainReport report)
    {
        var name = report.Id == Guid.Empty ? "platform" : report.Id.ToString();
        await output.WriteLineAsync($"{name}: {report.Entries} entries checked, end {report.Sequence} {report.Hash}");
        foreach (var finding in report.Findings)
            await output.WriteLineAsync($"  FOUND {finding}");
        if (report.Problems > report.Findings.Count)
            await output.WriteLineAsync($"  and {report.Problems - report.Findings.Count} more");
    }

    private static async Task<int> RefuseAsync(TextWriter output, string why)
    {
        await output.WriteLineAsync($"Nothing was checked: {why}.");
        return NotDone;
    }
}
