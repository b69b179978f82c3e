namespace Platform.Functions.Http;

/// <summary>403: role, scope or kind of credential does not allow the operation.</summary>
internal sealed class PermissionGate : RequestGate
{
    public override ValueTask<Error?> CheckAsync(ApiRequest request, IServiceProvider services) => new(Check(request.Operation, request.Caller));

    private static Error? Check(Operation operation, Caller caller)
    {
        if (caller.ImpersonatorId is not null && operation.RefusesImpersonation)
            return operation.NeedsOperator ? RequestErrors.OperatorRequired : RequestErrors.Impersonating;
        if (operation.IsPublic || (operation.EndsImpersonation && caller.ImpersonatorId is not null))
            return null;
        if (operation.NeedsOperator)
            return caller.IsOperator ? null : RequestErrors.OperatorRequired;
        if (operation.Auth == Auth.SessionOnly && caller.Credential == CredentialKind.AccessToken)
            return RequestErrors.SessionRequired;
        if (caller.TokenKind == TokenKind.Inference && operation.Auth != Auth.ApiKeyOrUser)
            return PermissionErrors.Missing(caller, operation.Permission);
        return operation.ObjectFirst || caller.Can(operation.Permission) ? null : PermissionErrors.Missing(caller, operation.Permission);
    }
}
