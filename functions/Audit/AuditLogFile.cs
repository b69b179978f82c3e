using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Platform.Audit;
using Platform.Data;

namespace Platform.Functions.Audit;

/// <summary>Writes entries as a CSV file to the client, as they are read.</summary>
internal static class AuditLogFile
{
    private const string Header =
        "id,timestamp,actorId,actorType,actorName,tokenId,impersonatorId,action,resourceType,resourceId,resourceName,projectId,outcome,reason,ip,userAgent,requestId,changes,metadata,sequence,previousHash,hash\r\n";

    public static async Task WriteAsync(HttpResponse response, IAsyncEnumerable<AuditLogEntry> entries, DateTimeOffset now, CancellationToken ct)
    {
        response.ContentType = Csv.ContentType;
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentDisposition = $"attachment; filename=audit_logs_{now.UtcDateTime.ToString("yyyyMMdd_HHmmss", CultureInfo.InvariantCulture)}.csv";
        await response.WriteAsync(Header, Encoding.UTF8, ct);
        await foreach (var entry in entries.WithCancellation(ct))
            await response.WriteAsync(RowOf(entry), Encoding.UTF8, ct);
    }

    private static string RowOf(AuditLogEntry entry) => Csv.Row(
        entry.Id.ToString(), WireTime.ToText(entry.Timestamp), entry.ActorId?.ToString(), EnumWords<AuditActor>.ToWord(entry.ActorType), entry.ActorName, entry.TokenId?.ToString(),
        entry.ImpersonatorId?.ToString(), entry.Action, entry.ResourceType, entry.ResourceId, entry.ResourceName, entry.ProjectId?.ToString(),
        EnumWords<AuditOutcome>.ToWord(entry.Outcome), entry.Reason, entry.Ip, entry.UserAgent, entry.RequestId,
        System.Text.Json.JsonSerializer.Serialize(entry.Changes, WireJson.Camel.Writing), entry.Metadata.GetRawText(), entry.Sequence?.ToString(), entry.PreviousHash, entry.Hash);
}
