namespace Platform.Functions.Http;

/// <summary>How an operation meets a session in which an operator acts as somebody else.</summary>
public enum Impersonating
{
    /// <summary>Refused when it is an operator's, or its permission is one that such a session never has (<see cref="Platform.Identity.Impersonation.Permissions"/>).</summary>
    ByPermission,

    /// <summary>Refused: it changes the account, or makes or shows a credential or secret, which its permission does not say.</summary>
    Refused,

    /// <summary>Taken, also when the time for the impersonation is over: it ends it, or the session.</summary>
    Ending,
}
