using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Platform.Identity.OAuth;

namespace Platform.Functions.Identity;

/// <summary>What can be signed in with, as the checks family shows it.</summary>
[Api(Family.Checks)]
public sealed class ChecksServiceFunctions(OAuthProviders providers, IOptions<AuthOptions> options)
{
    private const string Password = "credential";

    /// <summary>Describe the sign-in service.</summary>
    [Function("ChecksService_Describe")]
    [Operation(Permissions.Public, Rate.Default)]
    public Result<AuthService> Describe([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "api/auth")] HttpRequest http) =>
        new AuthService("ok", [Password, .. providers.UsableNames], options.Value.SignupEnabled);

    /// <summary>Say that the sign-in service is there.</summary>
    [Function("ChecksService_Ok")]
    [Operation(Permissions.Public, Rate.Default)]
    public Result<OkAnswer> Ok([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/auth/ok")] HttpRequest http) => new OkAnswer(true);
}
