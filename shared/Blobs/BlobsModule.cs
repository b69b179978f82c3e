using Azure.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Platform.Blobs;

public static class BlobsModule
{
    /// <summary>Registers <see cref="IBlobStore"/> (singleton) as section <c>Blobs</c> says.</summary>
    public static IServiceCollection AddBlobs(this IServiceCollection services)
    {
        services.AddSection<BlobOptions>(BlobOptions.Section)
            .Validate(o => o.Provider != "azure" || !string.IsNullOrEmpty(o.ConnectionString), "Blobs:Provider azure needs Blobs:ConnectionString");
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => DataDirectory.From(provider.GetRequiredService<IConfiguration>()));
        services.TryAddSingleton(provider => Create(
            provider.GetRequiredService<IOptions<BlobOptions>>().Value,
            provider.GetRequiredService<DataDirectory>(),
            provider.GetRequiredService<TimeProvider>()));
        return services;
    }

    private static IBlobStore Create(BlobOptions options, DataDirectory data, TimeProvider clock)
    {
        if (options.Provider == "folder")
            return new FolderBlobStore(data.Combine("blobs"), clock);
        var account = AzureBlobAccount.Parse(options.ConnectionString!);
        var credential = account.Key is null ? new DefaultAzureCredential() : null;
        return new AzureBlobStore(new AzureBlobContainer(account, options.Container, clock, credential), clock);
    }
}
