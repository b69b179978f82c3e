using Platform.RateLimits;

namespace Platform.Functions.Http;

/// <summary>One HTTP operation as the pipeline, the OpenAPI document and the permission matrix see it.</summary>
public sealed class Operation
{
    /// <summary>The <c>[Function]</c> name.</summary>
    public required string Name { get; init; }

    public required IReadOnlyList<string> Methods { get; init; }

    /// <summary>Route template without a leading slash.</summary>
    public required string Route { get; init; }

    public required Family Family { get; init; }

    /// <summary>A name of the permission registry, or <c>public</c>.</summary>
    public required string Permission { get; init; }

    public required Rate Rate { get; init; }

    public required Auth Auth { get; init; }

    /// <summary>How it meets an impersonating session; what follows from the permission is worked out.</summary>
    public Impersonating Impersonating { get; init; }

    /// <summary>Refused while an operator acts as somebody else.</summary>
    public bool RefusesImpersonation => Impersonating == Impersonating.Refused;

    /// <summary>Ends an impersonation or the session; taken also when the time for the impersonation is over.</summary>
    public bool EndsImpersonation => Impersonating == Impersonating.Ending;

    public string? Audit { get; init; }

    public int Success { get; init; } = 200;

    public bool Csrf { get; init; } = true;

    /// <summary>Public, but callers with a session cookie need the CSRF header.</summary>
    public bool CsrfWithSession { get; init; }

    /// <summary>Answers carry <c>success</c>.</summary>
    public bool TellsSuccess { get; init; }

    public bool Idempotent { get; init; }

    public int SealedAnswerLimit { get; init; }

    /// <summary>The service checks the permission, after the object.</summary>
    public bool ObjectFirst { get; init; }

    /// <summary>The project in the path may be archived.</summary>
    public bool TakesArchived { get; init; }

    public bool Stream { get; init; }

    public long BodyLimit { get; init; }

    public string? Cache { get; init; }

    public Type? Query { get; init; }

    public Type? Body { get; init; }

    public Type? Form { get; init; }

    public Type? Upload { get; init; }

    /// <summary>The part of a multipart body that holds its file.</summary>
    public string UploadPart { get; init; } = UploadedFile.Part;

    public long UploadLimit { get; init; }

    /// <summary>Hands the request on as it came.</summary>
    public bool Raw { get; init; }

    public bool TakesBody => (Body ?? Form ?? Upload) is not null;

    public Type? Response { get; init; }

    public Type? AlternativeResponse { get; init; }

    public string? Produces { get; init; }

    /// <summary>Documentation id of the method in the compiler's XML file, where its summary stands.</summary>
    public required string DocumentationId { get; init; }

    public bool IsPublic => Permission == Permissions.Public;

    /// <summary>Only an operator in an interactive session may call it.</summary>
    public bool NeedsOperator { get; init; }

    /// <summary>Below <c>/v1</c> and <c>/workbench</c>, where the header <c>X-API-Key</c> is read.</summary>
    public bool ReadsApiKey =>
        Family == Family.Inference && (Route.StartsWith("v1/", StringComparison.Ordinal) || Route.StartsWith("workbench/", StringComparison.Ordinal));

    /// <summary>Below <c>/v1</c>: errors have OpenAI's form.</summary>
    public bool IsGateway { get; init; }
}
