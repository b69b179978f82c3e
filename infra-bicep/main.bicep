targetScope = 'resourceGroup'

import { Database, DatabaseAdministrator, Scale } from 'types.bicep'

@description('Short name of the environment; part of every resource name.')
@minLength(2)
@maxLength(8)
param environmentName string

param location string = resourceGroup().location

@description('E-mail of the operator account that the first start creates; its password is the Key Vault secret platform-admin-password.')
param adminEmail string

@description('Where browsers reach the platform; the app\'s own host name when empty.')
param publicUrl string = ''

@description('The Entra user, group or service principal that administers PostgreSQL. The app is not an administrator; docs/azure.md says how it gets its role.')
param databaseAdministrator DatabaseAdministrator

@description('Object id of who writes the secrets into the key vault; nobody gets that role when empty.')
param keyVaultOfficerObjectId string = ''

@description('Everything but the app\'s own address and the telemetry is reached through private endpoints only. Service Bus has them in its Premium tier only.')
param privateNetworking bool

@description('Where Durable Functions keeps orchestrations.')
@allowed(['AzureStorage', 'DurableTaskScheduler'])
param durableBackend string = 'AzureStorage'

param database Database

param scale Scale

param tags object = {}

var suffix = '${environmentName}-${take(uniqueString(resourceGroup().id, environmentName), 6)}'
var compactSuffix = replace(suffix, '-', '')
var blobContainer = 'platform'

module identity 'modules/identity.bicep' = {
  params: { name: 'id-platform-${suffix}', location: location, tags: tags }
}

module monitoring 'modules/monitoring.bicep' = {
  params: { suffix: suffix, location: location, tags: tags, publisherPrincipalId: identity.outputs.principalId }
}

module network 'modules/network.bicep' = if (privateNetworking) {
  params: { name: 'vnet-platform-${suffix}', location: location, tags: tags }
}

@description('Of the Functions host: timer leases, keys, the deployed package and, with the Azure Storage backend, orchestrations.')
module hostStorage 'modules/storage.bicep' = {
  params: {
    name: 'sthost${compactSuffix}'
    location: location
    tags: tags
    principalId: identity.outputs.principalId
    containers: ['app-package']
    accountRoles: ['Storage Blob Data Owner', 'Storage Queue Data Contributor', 'Storage Table Data Contributor']
    endpointServices: ['blob', 'queue', 'table']
    network: network.?outputs.access
  }
}

@description('Of the platform: logs, artifacts and other large content.')
module blobStorage 'modules/storage.bicep' = {
  params: {
    name: 'stblob${compactSuffix}'
    location: location
    tags: tags
    principalId: identity.outputs.principalId
    containers: [blobContainer]
    containerRole: 'Storage Blob Data Contributor'
    endpointServices: ['blob']
    network: network.?outputs.access
  }
}

module serviceBus 'modules/service-bus.bicep' = {
  params: {
    name: 'sb-platform-${suffix}'
    location: location
    tags: tags
    principalId: identity.outputs.principalId
    topics: loadJsonContent('topics.json').topics
    network: network.?outputs.access
  }
}

module postgres 'modules/postgres.bicep' = {
  params: {
    name: 'psql-platform-${suffix}'
    location: location
    tags: tags
    administrator: databaseAdministrator
    settings: database
    network: network.?outputs.access
  }
}

module keyVault 'modules/key-vault.bicep' = {
  params: {
    name: 'kv-${suffix}'
    location: location
    tags: tags
    readerPrincipalId: identity.outputs.principalId
    officerObjectId: keyVaultOfficerObjectId
    network: network.?outputs.access
  }
}

module scheduler 'modules/durable-task-scheduler.bicep' = if (durableBackend == 'DurableTaskScheduler') {
  params: { name: 'dts-platform-${suffix}', location: location, tags: tags, identity: identity.outputs }
}

module functionApp 'modules/function-app.bicep' = {
  params: {
    name: 'func-platform-${suffix}'
    location: location
    tags: tags
    identity: identity.outputs
    subnetId: network.?outputs.appSubnetId
    packageContainerUrl: '${hostStorage.outputs.blobEndpoint}app-package'
    scale: scale
    settings: union(
      {
        AzureWebJobsStorage__accountName: hostStorage.outputs.accountName
        ServiceBus__fullyQualifiedNamespace: serviceBus.outputs.hostName
        APPLICATIONINSIGHTS_CONNECTION_STRING: monitoring.outputs.connectionString

        Database__Provider: 'postgres'
        Database__Authentication: 'entra'
        Database__ConnectionString: 'Host=${postgres.outputs.hostName};Database=${postgres.outputs.databaseName};Username=${identity.outputs.name};SSL Mode=VerifyFull;Maximum Pool Size=${database.poolSize}'
        Blobs__Provider: 'azure'
        Blobs__ConnectionString: blobStorage.outputs.blobEndpoint
        Blobs__Container: blobContainer
        Secrets__MasterKey: '@Microsoft.KeyVault(VaultName=${keyVault.outputs.name};SecretName=platform-master-key)'
        Platform__AdminPassword: '@Microsoft.KeyVault(VaultName=${keyVault.outputs.name};SecretName=platform-admin-password)'
        Platform__AdminEmail: adminEmail
        AZURE_FUNCTIONS_ENVIRONMENT: environmentName == 'prod' ? 'Production' : 'Staging'
      },
      empty(publicUrl) ? {} : { Platform__PublicUrl: publicUrl },
      scheduler.?outputs.settings ?? {}
    )
  }
}

output functionAppName string = functionApp.outputs.name
output url string = functionApp.outputs.url
output keyVaultName string = keyVault.outputs.name
output databaseHost string = postgres.outputs.hostName
output databaseName string = postgres.outputs.databaseName
output identityName string = identity.outputs.name
