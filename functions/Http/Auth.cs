namespace Platform.Functions.Http;

/// <summary>Which credentials an operation takes, when it is not "a session, or an access token with the scope".</summary>
public enum Auth
{
    /// <summary>From the permission: none for <c>Permissions.Public</c>, an operator's session for <c>platform:*</c>, else session or access token.</summary>
    Default,

    /// <summary>A session; access tokens are refused with 403.</summary>
    SessionOnly,

    /// <summary>An operator's session.</summary>
    Admin,

    /// <summary>A bearer header (session JWT or access token); cookies are not read.</summary>
    BearerOnly,

    /// <summary>As the default, and API keys of kind <c>inference</c> and the header <c>X-API-Key</c>.</summary>
    ApiKeyOrUser,

    /// <summary>The key of the job in the path.</summary>
    JobKey,

    /// <summary>A worker's bootstrap or session token.</summary>
    Worker,
}
