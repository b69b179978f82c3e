using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http;

namespace Platform.Functions.Identity;

/// <summary>Keys of jobs, as the checks family verifies them.</summary>
[Api(Family.Checks)]
public sealed class VerifyKeyFunctions(JobKeyVerifier keys, TokenUseRecorder uses)
{
    /// <summary>Tell whether a job's key is good, and good for a job.</summary>
    [Function("JobKeys_Verify")]
    [Operation(Permissions.Public, Rate.VerifyKey, Body = typeof(VerifyKeyRequest))]
    public async Task<Result<VerifiedKey>> VerifyAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/auth/verify-key")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<VerifyKeyRequest>(ct);
        var key = body.IsOk ? await keys.VerifyAsync(body.Value.ApiKey, ct) : body.Error;
        if (!key.IsOk)
            return key.Error;
        uses.Begin(http.Api(), key.Value);
        return body.Value.JobId is { } job && job.ToId() != key.Value.JobId ? JobKeyErrors.OtherJob : new VerifiedKey(true, key.Value.Id, key.Value.JobId!.Value);
    }
}

/// <summary>Body of <c>POST /api/auth/verify-key</c>.</summary>
public sealed record VerifyKeyRequest
{
    [Required, StringLength(200, MinimumLength = 10, ErrorMessage = "Invalid API key format")]
    public required string ApiKey { get; init; }

    [StringLength(100)]
    public string? JobId { get; init; }
}

public sealed record VerifiedKey(bool Valid, Guid KeyId, Guid JobId);
