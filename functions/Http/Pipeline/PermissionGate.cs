namespace Platform.Functions.Http;

/// <summary>403: role, scope or kind of credential does not allow the operation.</summary>
internal sealed class PermissionGate : RequestGate
{
    public override ValueTask<Error?> CheckAsync(ApiRequest request, IServiceProvider services) => new(Check(request.Operation, request.Caller));

    private static Error? Check(Operation operation, Caller caller)
    {
        if (operation.IsPublic)
            return null;
        if (operation.NeedsOperator)
            return caller.IsOperator ? null : RequestErrors.OperatorRequired;
        if (operation.Auth == Auth.SessionOnly && caller.Credential == CredentialKind.AccessToken)
            return RequestErrors.SessionRequired;
        if (operation.ObjectFirst || caller.Can(operation.Permission))
            return null;
        return caller.Credential == CredentialKind.AccessToken ? RequestErrors.ScopeMissing(operation.Permission) : RequestErrors.PermissionMissing(operation.Permission);
    }
}
