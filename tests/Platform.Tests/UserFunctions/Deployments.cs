using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Blobs;
using Platform.Data;
using Platform.Identity;
using Platform.Tests.Fixtures;

namespace Platform.Tests.UserFunctions;

/// <summary>Deployments of functions and what they have made.</summary>
internal static class Deployments
{
    /// <summary>The latest of a function, with what the package managers or the compiler printed.</summary>
    public static async Task<JsonElement> LatestAsync(FunctionClient client, JsonElement function) =>
        (await client.DeploymentAsync(function.GetProperty("id").GetGuid(), function.GetProperty("latestDeployment").GetProperty("id").GetGuid())).Ok().Data;

    /// <summary>The status of a step.</summary>
    public static string? StepOf(JsonElement deployment, string name) =>
        deployment.GetProperty("steps").EnumerateArray().First(step => step.GetProperty("name").GetString() == name).GetProperty("status").GetString();

    /// <summary>Whether what packaging made of the function's only version is stored by its digest.</summary>
    public static async Task<bool> IsKeptAsync(PlatformApp app, Guid id)
    {
        await using var scope = app.As(Caller.Platform);
        var version = await scope.ServiceProvider.GetRequiredService<PlatformDbContext>().FunctionVersions.SingleAsync(row => row.FunctionId == id);
        return await scope.ServiceProvider.GetRequiredService<IBlobStore>().GetPropertiesAsync($"function-code/{id:N}/{version.PackageSha256}", default) is { } blob && blob.Sha256 == version.PackageSha256;
    }
}
