import { Identity, Scale } from '../types.bicep'

param name string
param location string
param tags object
param identity Identity

@description('A subnet of its own, delegated to Microsoft.App/environments; without it the app leaves by public addresses.')
param subnetId string?

param packageContainerUrl string
param scale Scale

@description('What depends on other resources; the constant settings are added here.')
param settings object

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identity.id
    virtualNetworkSubnetId: subnetId
    siteConfig: {
      minTlsVersion: '1.2'
      http20Enabled: true
    }
    functionAppConfig: {
      runtime: { name: 'dotnet-isolated', version: '10.0' }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainerUrl
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identity.id }
        }
      }
      scaleAndConcurrency: {
        instanceMemoryMB: scale.instanceMemoryMB
        maximumInstanceCount: scale.maximumInstances
        alwaysReady: scale.alwaysReady
      }
    }
  }

  resource noScmPassword 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }

  resource noFtpPassword 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource appSettings 'config' = {
    name: 'appsettings'
    properties: union(settings, {
      AzureWebJobsStorage__credential: 'managedidentity'
      AzureWebJobsStorage__clientId: identity.clientId
      ServiceBus__credential: 'managedidentity'
      ServiceBus__clientId: identity.clientId
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.clientId};Authorization=AAD'
      AZURE_CLIENT_ID: identity.clientId
      AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential'

      Platform__DataDirectory: '/tmp/platform' // the package is mounted read-only
      Platform__TrustedProxies__0: '127.0.0.1' // the Functions host hands requests on from there
      Platform__TrustedProxies__1: '::1'
      Cookies__Secure: 'true'
      Sse__MaxStreamSeconds: '210' // the front end closes a response after 230 s
    })
  }
}

output name string = app.name
output url string = 'https://${app.properties.defaultHostName}'
