import { NetworkAccess } from '../types.bicep'

param resourceId string
param resourceName string

@description('The sub-resource, such as blob or vault; it also names the DNS zone.')
param service string

param location string
param tags object
param network NetworkAccess

resource endpoint 'Microsoft.Network/privateEndpoints@2025-05-01' = {
  name: 'pe-${resourceName}-${service}'
  location: location
  tags: tags
  properties: {
    subnet: { id: network.endpointSubnetId }
    privateLinkServiceConnections: [
      { name: service, properties: { privateLinkServiceId: resourceId, groupIds: [service] } }
    ]
  }

  resource dns 'privateDnsZoneGroups' = {
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [{ name: service, properties: { privateDnsZoneId: network.zoneIds[service] } }]
    }
  }
}
