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

    public string? Audit { get; init; }

    public int Success { get; init; } = 200;

    public bool Csrf { get; init; } = true;

    public bool Idempotent { get; init; }

    /// <summary>The service checks the permission, after the object.</summary>
    public bool ObjectFirst { get; init; }

    public bool Stream { get; init; }

    public long BodyLimit { get; init; }

    public string? Cache { get; init; }

    public Type? Query { get; init; }

    public Type? Body { get; init; }

    public Type? Form { get; init; }

    public Type? Response { get; init; }

    public Type? AlternativeResponse { get; init; }

    public string? Produces { get; init; }

    /// <summary>Documentation id of the method in the compiler's XML file, where its summary stands.</summary>
    public required string DocumentationId { get; init; }

    public bool IsPublic { get; init; }

    /// <summary>Only an operator in an interactive session may call it.</summary>
    public bool NeedsOperator { get; init; }

    /// <summary>Below <c>/v1</c>: errors have OpenAI's form.</summary>
    public bool IsGateway { get; init; }
}
