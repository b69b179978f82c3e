namespace Platform;

/// <summary>The five API families. Each has its own wire form (casing, envelope, order of checks) over one system.</summary>
public enum Family
{
    /// <summary><c>/api/v1/*</c>, <c>/health/*</c>: snake_case, <c>{"detail": …}</c>.</summary>
    Executions,

    /// <summary><c>/api/*</c>: camelCase, <c>{"success", "data" | "error"}</c>.</summary>
    Delivery,

    /// <summary><c>/api/*</c>: camelCase, <c>{"error": …}</c>.</summary>
    Checks,

    /// <summary><c>/api/*</c>: camelCase, <c>{"error", "code"}</c>.</summary>
    Agents,

    /// <summary>No prefix: snake_case, <c>{"error", "message"}</c>; <c>/v1/*</c> has OpenAI's error object.</summary>
    Inference,
}
