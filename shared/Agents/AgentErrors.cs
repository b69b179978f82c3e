namespace Platform.Agents;

/// <summary>Refusals about keys of model providers.</summary>
public static class AgentErrors
{
    public static readonly Error KeyIncomplete = Error.Invalid("api_key.incomplete", "Provider and API key are required");
    public static readonly Error ProviderRequired = Error.Invalid("api_key.provider_required", "Provider is required");
    public static readonly Error ProviderUnknown = Error.Invalid("api_key.invalid_provider", "Invalid provider");
    public static readonly Error KeyMalformed = Error.Invalid("api_key.invalid_key", "The API key must be 8 to 4096 printable characters without blanks");
    public static readonly Error AgentRequired = Error.Invalid("agent.required", "Agent parameter is required");
    public static readonly Error AgentUnknown = Error.Invalid("agent.invalid_agent", "Invalid agent");
}
