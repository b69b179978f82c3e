namespace Platform.Functions.Http;

/// <summary>401: the operation is not public and the request has no good credential. On public operations a bad one counts as none.</summary>
internal sealed class CredentialGate : RequestGate
{
    public override ValueTask<Error?> CheckAsync(ApiRequest request, IServiceProvider services) =>
        new(request.Operation.IsPublic || request.Caller.IsAuthenticated ? null : request.CredentialRefusal ?? RequestErrors.Unauthenticated);
}
