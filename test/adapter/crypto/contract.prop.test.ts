import { nodeCrypto } from '../../../src/adapter/crypto-node.ts'
import { cryptoContract } from '../../contract/crypto.ts'

cryptoContract(nodeCrypto)
