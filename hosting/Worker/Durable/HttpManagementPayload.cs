using System.Text.Json.Serialization;

namespace EmbeddedFunctions.Worker;

/// <summary>The addresses under which one instance is managed. They contain a key: treat them as secrets.</summary>
public class HttpManagementPayload
{
    [JsonPropertyName("id")]
    public string? Id { get; internal init; }

    [JsonPropertyName("purgeHistoryDeleteUri")]
    public string? PurgeHistoryDeleteUri { get; internal init; }

    [JsonPropertyName("restartPostUri")]
    public string? RestartPostUri { get; internal init; }

    [JsonPropertyName("sendEventPostUri")]
    public string? SendEventPostUri { get; internal init; }

    [JsonPropertyName("statusQueryGetUri")]
    public string? StatusQueryGetUri { get; internal init; }

    [JsonPropertyName("terminatePostUri")]
    public string? TerminatePostUri { get; internal init; }

    [JsonPropertyName("rewindPostUri")]
    public string? RewindPostUri { get; internal init; }

    [JsonPropertyName("suspendPostUri")]
    public string? SuspendPostUri { get; internal init; }

    [JsonPropertyName("resumePostUri")]
    public string? ResumePostUri { get; internal init; }
}
